//! The `aws-sandbox` program as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aws-sandbox"));
    command.arg("serve").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts a server and reads the one line that it prints when it listens.
fn start(arguments: &[&str]) -> (Child, String) {
    let mut child = program(arguments).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on http://").expect(&line).to_owned();
    (child, address)
}

fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_says_where_it_listens_and_stops_when_told() {
    let (mut child, address) = start(&["--listen", "127.0.0.1:0", "--pace", "instant"]);
    let answer = ask(&address, "GET /_sandbox/clock HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let stopped = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    assert!(child.wait().unwrap().success());
}

#[test]
fn it_is_not_reached_from_outside_unless_that_is_said() {
    let output = program(&["--listen", "0.0.0.0:0"]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--allow-non-loopback"));
}

#[test]
fn the_seed_decides_the_ids() {
    let sign = "Authorization: AWS4-HMAC-SHA256 Credential=111111111111/20260101/us-east-1/organizations/aws4_request";
    let request = format!(
        "POST / HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n{sign}\r\n\
         X-Amz-Target: AWSOrganizationsV20161128.CreateOrganization\r\nContent-Length: 2\r\n\r\n{{}}"
    );
    let organization = |seed: &str| {
        let (mut child, address) = start(&["--listen", "127.0.0.1:0", "--seed", seed]);
        let answer = ask(&address, &request);
        child.kill().unwrap();
        child.wait().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(body.contains("\"Id\":\"o-"), "{answer}");
        body.to_owned()
    };
    assert_eq!(organization("7"), organization("7"));
    assert_ne!(organization("7"), organization("8"));
}

#[test]
fn a_setting_that_there_is_not_is_said_and_nothing_is_served() {
    let output = program(&["--listen", "127.0.0.1:0", "--set", "gravity=false"]).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("'gravity'") && said.contains("second_accept_succeeds"), "{said}");
}

#[test]
fn throttling_that_was_asked_for_is_there() {
    let (mut child, address) = start(&["--listen", "127.0.0.1:0", "--pace", "instant", "--set", "throttling=true"]);
    let sign = "Authorization: AWS4-HMAC-SHA256 Credential=111111111111/20260101/us-east-1/ec2/aws4_request";
    let form = "Action=DescribeVpcs&Version=2016-11-15";
    let request = format!(
        "POST / HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n{sign}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let refused = (0..1000).any(|_| ask(&address, &request).contains("RequestLimitExceeded"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(refused, "a thousand reads within seconds are more than the bucket holds");
}
