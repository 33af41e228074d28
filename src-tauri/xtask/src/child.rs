//! Runs one program with a time limit. It gets a process group of its own, and that whole group ends when the program
//! ends, when its time is up, or when xtask itself is stopped in any way.

use std::{
    io::{self, BufRead, BufReader, Read},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::{Duration, Instant},
};

use crate::place;

/// What to run.
#[derive(Clone)]
pub struct Job {
    pub program: String,
    pub arguments: Vec<String>,
    pub environment: Vec<(String, String)>,
    /// Where it runs.
    pub folder: PathBuf,
    pub limit: Duration,
    /// Show the output while it comes.
    pub echo: bool,
}

impl Job {
    /// A quiet job at the top of the checkout, from its words, the program first.
    pub fn new(words: &[&str], minutes: u64) -> Self {
        let mut words = words.iter().map(|word| (*word).to_owned());
        Self {
            program: words.next().unwrap_or_default(),
            arguments: words.collect(),
            environment: Vec::new(),
            folder: place::root(),
            limit: Duration::from_secs(minutes * 60),
            echo: false,
        }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs it in another folder.
    pub fn within(mut self, folder: &str) -> Self {
        self.folder = PathBuf::from(folder);
        self
    }

    pub fn loud(mut self) -> Self {
        self.echo = true;
        self
    }

    /// As a person would type it.
    pub fn line(&self) -> String {
        let settings = self.environment.iter().map(|(name, value)| format!("{name}={value}"));
        let words = std::iter::once(&self.program).chain(&self.arguments).cloned();
        settings.chain(words).collect::<Vec<_>>().join(" ")
    }
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Code(i32),
    Signal(i32),
    OutOfTime,
    NotStarted(String),
}

/// What came of it.
pub struct Ran {
    pub end: End,
    /// Both streams, in the order in which their lines arrived.
    pub output: String,
    pub wall: Duration,
}

impl Ran {
    pub fn ok(&self) -> bool {
        self.end == End::Code(0)
    }

    /// The end in words, for a report.
    pub fn words(&self) -> String {
        match &self.end {
            End::Code(0) => "ended well".to_owned(),
            End::Code(code) => format!("ended with code {code}"),
            End::Signal(signal) => format!("was ended by signal {signal}"),
            End::OutOfTime => format!("had not ended after {} s and was stopped", self.wall.as_secs()),
            End::NotStarted(reason) => format!("did not start: {reason}"),
        }
    }
}

enum Note {
    Line(String),
    Ended(ExitStatus),
}

/// Runs it and waits for the end.
pub fn run(job: &Job) -> Ran {
    let started = Instant::now();
    let mut command = Command::new(&job.program);
    command
        .args(&job.arguments)
        .current_dir(&job.folder)
        .stdin(Stdio::null());
    command.envs(job.environment.iter().map(|(name, value)| (name, value)));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    match command
        .spawn()
        .and_then(|child| Guard::over(&child).map(|guard| (child, guard)))
    {
        Ok((child, guard)) => {
            let (end, output) = follow(child, guard, started + job.limit, job.echo);
            Ran {
                end,
                output,
                wall: started.elapsed(),
            }
        }
        Err(error) => {
            let end = End::NotStarted(format!("{}: {error}", job.program));
            Ran {
                output: format!("{end:?}\n"),
                end,
                wall: started.elapsed(),
            }
        }
    }
}

fn follow(mut child: Child, guard: Guard, deadline: Instant, echo: bool) -> (End, String) {
    let (notes, inbox) = mpsc::channel();
    if let Some(stream) = child.stdout.take() {
        read_lines(stream, notes.clone());
    }
    if let Some(stream) = child.stderr.take() {
        read_lines(stream, notes.clone());
    }
    thread::spawn(move || child.wait().map(|status| notes.send(Note::Ended(status))));
    let mut output = String::new();
    let mut end = listen(&inbox, deadline, echo, &mut output);
    guard.end();
    // The group is gone, so its pipes close; whoever left the group may keep one open and is not waited for.
    let last = Instant::now() + Duration::from_secs(5);
    while let Ok(note) = inbox.recv_timeout(last.saturating_duration_since(Instant::now())) {
        if let Note::Line(line) = note {
            keep(line, echo, &mut output);
        }
    }
    if end == End::OutOfTime {
        output.push_str("stopped: out of time\n");
    } else if let End::Signal(signal) = &mut end {
        output.push_str(&format!("ended by signal {signal}\n"));
    }
    (end, output)
}

fn listen(inbox: &Receiver<Note>, deadline: Instant, echo: bool, output: &mut String) -> End {
    loop {
        match inbox.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Note::Line(line)) => keep(line, echo, output),
            Ok(Note::Ended(status)) => {
                return status
                    .code()
                    .map_or_else(|| End::Signal(status.signal().unwrap_or_default()), End::Code);
            }
            Err(_) => return End::OutOfTime,
        }
    }
}

fn keep(line: String, echo: bool, output: &mut String) {
    if echo {
        println!("  {line}");
    }
    output.push_str(&line);
    output.push('\n');
}

fn read_lines(stream: impl Read + Send + 'static, notes: Sender<Note>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if notes.send(Note::Line(line)).is_err() {
                return;
            }
        }
    });
}

/// A shell that waits for its input to close and then ends the process group. The input closes when we ask for it, and
/// also when xtask is interrupted or killed, so that no child outlives it.
struct Guard(Child);

impl Guard {
    fn over(child: &Child) -> io::Result<Self> {
        let script = "read -r _; kill -KILL -$0 2>/dev/null";
        let mut shell = Command::new("sh");
        shell
            .args(["-c", script, &child.id().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        shell.stderr(Stdio::null()).process_group(0).spawn().map(Self)
    }

    fn end(mut self) {
        drop(self.0.stdin.take());
        // It has nothing to report: a group that was already empty is as good as one that was ended.
        let _ended = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_and_code_arrive() {
        let ran = run(&Job::new(&["sh", "-c", "echo out; echo err >&2; exit 3"], 1));
        assert_eq!(ran.end, End::Code(3));
        assert!(
            ran.output.contains("out\n") && ran.output.contains("err\n"),
            "{}",
            ran.output
        );
    }

    #[test]
    fn a_program_that_hangs_is_stopped() {
        let mut job = Job::new(&["sleep", "600"], 1);
        job.limit = Duration::from_millis(50);
        assert_eq!(run(&job).end, End::OutOfTime);
    }

    #[test]
    fn what_a_program_leaves_running_ends_with_it() {
        let ran = run(&Job::new(&["sh", "-c", "sleep 600 & echo child $!"], 1));
        assert_eq!(ran.end, End::Code(0));
        let child = ran.output.lines().find_map(|line| line.strip_prefix("child ")).unwrap();
        // It was killed before `run` came back; the kernel lets it go when it next gets a processor.
        let runs = || {
            let state = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
            state.contains("(sleep)") && !state.contains(") Z ") && !state.contains(") X ")
        };
        let patience = Instant::now() + Duration::from_secs(60);
        while runs() {
            assert!(Instant::now() < patience, "the child still runs");
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_missing_program_is_a_failure() {
        assert!(matches!(
            run(&Job::new(&["no-such-program"], 1)).end,
            End::NotStarted(_)
        ));
    }
}
