//! Hostile bytes at the running server: whatever comes in, it goes on answering others, and its memory stays bounded.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a single answer may take to come, so that a server that hangs fails the test instead of hanging it.
const PATIENCE: Duration = Duration::from_secs(60);

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aws-sandbox"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--pace", "instant"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on http://").expect(&line).to_owned();
        Self { child, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends bytes and no more after them, and reads what comes back. That the server hangs up early is its right.
    fn send(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(Shutdown::Write);
        Self::answer(stream, bytes)
    }

    /// Sends a whole request and reads the answer.
    fn ask(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        Self::answer(stream, request.as_bytes())
    }

    fn answer(mut stream: TcpStream, bytes: &[u8]) -> String {
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                panic!("no answer within {PATIENCE:?} to {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(200)]))
            }
            Ok(_) | Err(_) => String::from_utf8_lossy(&answer).into_owned(),
        }
    }

    fn is_well(&self) -> bool {
        self.ask(&request("ec2", "", "Action=DescribeVpcs&Version=2016-11-15")).starts_with("HTTP/1.1 200")
    }

    /// Returns the most memory that the server has held so far, in MiB, where the system tells.
    fn most_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? / 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn credential(service: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential=111111111111/20260101/us-east-1/{service}/aws4_request")
}

/// Writes a request to `/` with a body; `headers` are whole lines.
fn request(service: &str, headers: &str, body: &str) -> String {
    let (authorization, length) = (credential(service), body.len());
    format!(
        "POST / HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nAuthorization: {authorization}\r\n{headers}\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

fn form(body: &str) -> String {
    request("ec2", "", &format!("Version=2016-11-15&{body}"))
}

fn organizations(body: &str) -> String {
    request("organizations", "X-Amz-Target: AWSOrganizationsV20161128.ListAccounts\r\n", body)
}

fn numbered(name: &str, count: usize) -> String {
    (1..=count).fold("Action=DescribeVpcs".to_owned(), |mut text, number| {
        let _ = write!(text, "&{name}.{number}=x");
        text
    })
}

/// What is no request, or no whole one.
fn broken() -> Vec<(&'static str, String)> {
    let long = |count: usize| "a".repeat(count);
    let signed = format!("Authorization: {}\r\n", credential("ec2"));
    vec![
        ("no HTTP at all", "\u{1}\u{2}\u{3}\0\0\0hello\r\n\r\n".to_owned()),
        ("HTTP/2 without being asked", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}".to_owned()),
        ("an endless line", long(4 << 20)),
        ("a header of megabytes", format!("POST / HTTP/1.1\r\nHost: s\r\nX: {}\r\n\r\n", long(4 << 20))),
        ("ten thousand headers", format!("POST / HTTP/1.1\r\nHost: s\r\n{}\r\n", "X: y\r\n".repeat(10_000))),
        ("a long path", format!("GET /{} HTTP/1.1\r\nHost: s\r\nConnection: close\r\n{signed}\r\n", long(60_000))),
        ("a body that never comes", format!("POST / HTTP/1.1\r\nHost: s\r\n{signed}Content-Length: 1000\r\n\r\nab")),
        (
            "a length beyond all",
            format!("POST / HTTP/1.1\r\nHost: s\r\n{signed}Content-Length: 99999999999999999999\r\n\r\n"),
        ),
        (
            "two lengths",
            format!("POST / HTTP/1.1\r\nHost: s\r\n{signed}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        ),
        (
            "a chunk of exabytes",
            format!("POST / HTTP/1.1\r\nHost: s\r\n{signed}Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nab"),
        ),
        ("a body of megabytes", form(&format!("Action={}", long(8 << 20)))),
    ]
}

/// Requests that are whole, and answered whatever they say.
fn whole() -> Vec<(&'static str, String)> {
    let long = |count: usize| "a".repeat(count);
    let region = format!("AWS4-HMAC-SHA256 Credential=111111111111/20260101/{}/ec2/aws4_request", long(100_000));
    vec![
        ("a long Region", form("Action=DescribeVpcs").replace(&credential("ec2"), &region)),
        ("an action of a megabyte", form(&format!("Action={}", long(1_000_000)))),
        ("a hundred thousand parameters", form(&numbered("VpcId", 100_000))),
        ("nine thousand ids", form(&numbered("VpcId", 9_000))),
        ("nine thousand filters", form(&numbered("Filter", 9_000))),
        ("a deep path", form(&format!("Action=DescribeVpcs&{}=1", "Filter.1.".repeat(20_000)))),
        ("a list with a gap", form("Action=DescribeVpcs&VpcId.18446744073709551615=x")),
        ("a size beyond all", form("Action=DescribeVpcs&MaxResults=99999999999999999999")),
        ("the largest size", form("Action=DescribeVpcs&MaxResults=9223372036854775807")),
        ("a size below all", form("Action=DescribeVpcs&MaxResults=-9223372036854775808")),
        ("bytes that are no UTF-8", form("Action=%ff%fe&VpcId.1=%80")),
        ("a NUL", form("Action=DescribeVpcs&VpcId.1=%00")),
        (
            "stars",
            form(&format!("Action=DescribeVpcs&Filter.1.Name=tag-key&Filter.1.Value.1={}b", "*a".repeat(100_000))),
        ),
        ("a deep document", organizations(&"[".repeat(500_000))),
        ("a deep object", organizations(&"{\"a\":".repeat(200_000))),
        ("a long number", organizations(&format!("{{\"MaxResults\":{}}}", "9".repeat(900_000)))),
        ("a broken escape", organizations("{\"NextToken\":\"\\ud800\"}")),
        ("a token of a megabyte", organizations(&format!("{{\"NextToken\":\"{}\"}}", long(1_000_000)))),
        (
            "a policy of many stars",
            request(
                "iam",
                "",
                &format!(
                    "Action=SimulateCustomPolicy&Version=2010-05-08&ActionNames.member.1=ec2:{}&PolicyInputList.member.1={}",
                    long(100_000),
                    format_args!(
                        "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22ec2%3A{}%22%2C%22Resource%22%3A%22*%22%7D%7D",
                        "*a".repeat(50_000)
                    ),
                ),
            ),
        ),
    ]
}

#[test]
fn it_answers_everybody_else_after_whatever_somebody_sends() {
    let server = Server::start();
    for (name, bytes) in broken() {
        let answer = server.send(bytes.as_bytes());
        assert!(!answer.starts_with("HTTP/1.1 5"), "{name}: {answer:.300}");
        assert!(server.is_well(), "after {name}");
    }
    for (name, request) in whole() {
        let answer = server.ask(&request);
        let answered = answer.starts_with("HTTP/1.1 2") || answer.starts_with("HTTP/1.1 4");
        assert!(answered, "{name}: {answer:.300}");
        assert!(server.is_well(), "after {name}");
    }
    if let Some(most) = server.most_memory() {
        assert!(most < 200, "{most} MiB");
    }
}

#[test]
fn the_same_again_and_again_fills_no_memory() {
    let server = Server::start();
    let unknown = form(&format!("Action={}", "a".repeat(900_000)));
    for _ in 0..100 {
        assert!(server.ask(&unknown).starts_with("HTTP/1.1 400"));
    }
    if let Some(most) = server.most_memory() {
        assert!(most < 80, "{most} MiB after 100 requests of a megabyte");
    }
}

#[test]
fn those_who_say_nothing_keep_nobody_from_being_answered() {
    let server = Server::start();
    let mut silent: Vec<TcpStream> = (0..200).map(|_| server.connect()).collect();
    for (at, stream) in silent.iter_mut().enumerate() {
        let half = form("Action=DescribeVpcs");
        stream.write_all(&half.as_bytes()[..at.min(half.len() - 1)]).unwrap();
    }
    assert!(server.is_well());
}
