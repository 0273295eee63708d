#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| aws_sandbox::trials::iam_form(bytes));
