//! A sandbox on the wire, and transitd as a process against it.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use aws_sandbox::notification::Message;
use aws_sandbox::{Call, Clock, Pace, Service, Settings};
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream, UnixDatagram};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::PATIENCE;
use crate::hurried::FACTOR;
use crate::land::{EXTERNAL_ID, Land, REGION};

/// What only the receiver of notices may know.
pub const WEBHOOK_SECRET: &str = "hook-T0-B1-secret";
/// The secret of the process's own key.
pub const KEY_SECRET: &str = "planted-secret-key";

/// Which transitd is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// The one that is shipped, by the machine's clock.
    Built,
    /// This program, by the hurried clock.
    Hurried,
}

/// A sandbox on the wire, a config file and a state directory.
pub struct Place {
    pub land: Land,
    binary: Binary,
    directory: tempfile::TempDir,
    endpoint: String,
    webhook: Mutex<String>,
}

/// transitd while it runs.
pub struct Running {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    err: Lines<BufReader<ChildStderr>>,
    told: UnboundedReceiver<String>,
    log: Vec<Value>,
}

impl Place {
    pub async fn new(binary: Binary, daemon: &str) -> Self {
        let factor = f64::from(FACTOR);
        let settings = Settings { seed: 7, pace: Pace::Times { factor }, clock: Clock::wall(factor) };
        let land = Land::new(settings);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(aws_sandbox::wire::serve(listener, land.seed.sandbox.clone(), std::future::pending()));
        let directory = tempfile::tempdir().unwrap();
        let place = Self { land, binary, directory, endpoint, webhook: Mutex::default() };
        place.configure(&place.land.config(daemon));
        place
    }

    fn config_file(&self) -> PathBuf {
        self.directory.path().join("network.yaml")
    }

    pub fn config(&self) -> String {
        std::fs::read_to_string(self.config_file()).unwrap()
    }

    pub fn configure(&self, text: &str) {
        std::fs::write(self.config_file(), text).unwrap();
    }

    /// Puts a pipe where the config file was.
    pub fn make_config_a_pipe(&self) {
        std::fs::remove_file(self.config_file()).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(self.config_file()).status().unwrap().success());
    }

    /// Waits until somebody reads from the pipe, and takes it away from where the config file was.
    pub async fn asked_for_config(&self) -> std::fs::File {
        let file = self.config_file();
        let open = || tokio::task::spawn_blocking(move || std::fs::OpenOptions::new().write(true).open(file));
        let pipe = tokio::time::timeout(PATIENCE, open()).await.expect("a reader").unwrap().unwrap();
        std::fs::remove_file(self.config_file()).unwrap();
        pipe
    }

    /// Everything in the state directory.
    pub fn state_files(&self) -> Vec<Vec<u8>> {
        let entries = std::fs::read_dir(self.directory.path().join("state")).unwrap();
        entries.map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
    }

    fn transitd(&self, arguments: &[&str]) -> Command {
        let mut command = match self.binary {
            Binary::Built => Command::new(env!("CARGO_BIN_EXE_transitd")),
            Binary::Hurried => {
                let mut this = Command::new(std::env::current_exe().unwrap());
                this.arg("transitd");
                this
            }
        };
        command
            .args(arguments)
            .arg("--config")
            .arg(self.config_file())
            .arg("--state")
            .arg(self.directory.path().join("state"))
            .env_clear()
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", &self.land.home)
            .env("AWS_SECRET_ACCESS_KEY", KEY_SECRET)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("EXTERNAL_ID", EXTERNAL_ID)
            .env("USER", "oncall")
            .env("WEBHOOK", &*self.webhook.lock().unwrap())
            .env("TRANSITD_LOG_FORMAT", "json")
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end: exit code, standard output, standard error.
    pub async fn command(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = self.transitd(arguments).output().await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
    }

    /// Starts the daemon.
    pub async fn start(&self) -> Running {
        let socket = self.directory.path().join("notify");
        let _ = std::fs::remove_file(&socket);
        let manager = UnixDatagram::bind(&socket).unwrap();
        let (send, told) = unbounded_channel();
        tokio::spawn(async move {
            let mut message = [0; 4096];
            while let Ok(length) = manager.recv(&mut message).await {
                if send.send(String::from_utf8_lossy(&message[..length]).into_owned()).is_err() {
                    return;
                }
            }
        });
        let mut command = self.transitd(&["run", "--format", "json"]);
        command.env("NOTIFY_SOCKET", &socket).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap()).lines();
        let err = BufReader::new(child.stderr.take().unwrap()).lines();
        Running { child, out, err, told, log: Vec::new() }
    }

    /// Names the calls that have changed something.
    pub fn writes(&self) -> Vec<String> {
        let sandbox = self.land.seed.lock();
        sandbox.log().iter().filter(|call| !call.is_read()).map(|call| call.action.clone()).collect()
    }

    /// Says where the daemon posts notices to.
    pub fn send_notices_to(&self, address: String) {
        *self.webhook.lock().unwrap() = address;
    }

    /// Makes a topic in the home account, in a Region of its own, and returns its ARN.
    pub fn topic(&self) -> String {
        let made = self.land.seed.lock().call(&Call {
            access_key_id: self.land.home.clone(),
            session_token: None,
            region: "eu-central-1".to_owned(),
            service: Service::Sns,
            action: "CreateTopic".to_owned(),
            params: json!({ "Name": "transitd" }),
        });
        made.unwrap()["TopicArn"].as_str().unwrap().to_owned()
    }

    /// What was published to a topic.
    pub fn published(&self, topic: &str) -> Vec<Message> {
        self.land.seed.lock().world.notification.topics[topic].published.iter().cloned().collect()
    }

    /// Listens at the address that the daemon posts notices to.
    pub async fn listen_for_notices(&self) -> Notices {
        let (send, receive) = unbounded_channel();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.send_notices_to(format!("http://{}/{WEBHOOK_SECRET}", listener.local_addr().unwrap()));
        let page = post(move |body: Bytes| async move {
            send.send(serde_json::from_slice(&body).unwrap()).unwrap();
        });
        let pages = Router::new().route(&format!("/{WEBHOOK_SECRET}"), page);
        tokio::spawn(async move { axum::serve(listener, pages).await });
        Notices(receive)
    }
}

/// The notices that were posted.
pub struct Notices(UnboundedReceiver<Value>);

impl Notices {
    pub async fn next(&mut self) -> Value {
        tokio::time::timeout(PATIENCE, self.0.recv()).await.expect("a notice").expect("a listener")
    }
}

impl Running {
    pub fn signal(&self, name: &str) {
        let process = self.child.id().expect("a process that runs").to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &process]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for a line of the log.
    pub async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        let reading = async {
            loop {
                let line = self.err.next_line().await.unwrap().expect("the daemon ended");
                let line: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
                self.log.push(line.clone());
                if fits(&line) {
                    return line;
                }
            }
        };
        match tokio::time::timeout(PATIENCE, reading).await {
            Ok(line) => line,
            Err(_) => panic!("no such line in {:#?}", self.log),
        }
    }

    /// Waits for something that the service manager is told.
    pub async fn notified(&mut self, word: &str) {
        let listening = async { while !self.told.recv().await.expect("a service manager").contains(word) {} };
        tokio::time::timeout(PATIENCE, listening).await.unwrap_or_else(|_| panic!("{word} was never told"));
    }

    /// Waits for a drift report.
    pub async fn report(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.out.next_line()).await.expect("a report");
        serde_json::from_str(&line.unwrap().expect("a report")).unwrap()
    }

    /// Asks for a health page.
    pub async fn get(&mut self, page: &str) -> (u16, String) {
        let served = |log: &Value| log["message"] == "health pages are served";
        let line = match self.log.iter().find(|line| served(line)) {
            Some(line) => line.clone(),
            None => self.until(served).await,
        };
        let mut stream = TcpStream::connect(line["address"].as_str().unwrap()).await.unwrap();
        stream.write_all(format!("GET {page} HTTP/1.0\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// Waits for the end, and returns the exit code; none after a kill. Reads the rest of the log.
    pub async fn ended(&mut self, patience: Duration) -> Option<i32> {
        let ending = async {
            while let Some(line) = self.err.next_line().await.unwrap() {
                self.log.push(serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}")));
            }
            self.child.wait().await.unwrap()
        };
        let status: ExitStatus = tokio::time::timeout(patience, ending).await.expect("an end");
        status.code()
    }

    pub fn all_of_the_log(&self) -> String {
        self.log.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
    }
}
