//! What stands between a client and a server, and cuts their connection.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
use std::time::Duration;

/// A proxy on a port of its own.
pub struct Proxy {
    pub port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    cut: Mutex<Option<Cut>>,
    /// Bytes that went to the server, and back.
    sent: AtomicU64,
    answered: AtomicU64,
    /// Connections that were cut.
    cuts: AtomicUsize,
    connections: AtomicUsize,
}

/// Where a connection is cut: once, then all goes through again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cut {
    /// After so many bytes to the server.
    Sent(u64),
    /// After so many bytes to the client.
    Answered(u64),
    /// Before a COMMIT goes to the server.
    BeforeCommit,
    /// When the server has a COMMIT, and has done it, before the client gets a byte of its answer.
    AfterCommit,
    /// The same, but the connection goes on in silence, as where a cable was pulled.
    SilentAfterCommit,
}

impl Proxy {
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        spawn(move || {
            for client in listener.incoming().flatten() {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                match TcpStream::connect(("127.0.0.1", port)) {
                    Ok(server) => join(client, server, &shared),
                    Err(_) => drop(client.shutdown(Shutdown::Both)),
                }
            }
        });
        Self { port: own, state }
    }

    /// Cuts the connection that comes there first, counted from now.
    pub fn cut(&self, cut: Cut) {
        self.state.sent.store(0, Ordering::SeqCst);
        self.state.answered.store(0, Ordering::SeqCst);
        *self.state.cut.lock().unwrap() = Some(cut);
    }

    /// Cuts nothing more.
    pub fn mend(&self) {
        *self.state.cut.lock().unwrap() = None;
    }

    pub fn cuts(&self) -> usize {
        self.state.cuts.load(Ordering::SeqCst)
    }

    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Bytes to the server and back since the last [`Proxy::cut`].
    pub fn bytes(&self) -> (u64, u64) {
        (self.state.sent.load(Ordering::SeqCst), self.state.answered.load(Ordering::SeqCst))
    }
}

fn join(client: TcpStream, server: TcpStream, state: &Arc<State>) {
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    for to_server in [true, false] {
        let (client, server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        let state = Arc::clone(state);
        spawn(move || {
            let end = pump(&client, &server, to_server, &state);
            if end != Some(Cut::SilentAfterCommit) {
                let _ = client.shutdown(Shutdown::Both);
                let _ = server.shutdown(Shutdown::Both);
            }
        });
    }
}

/// Carries bytes in one direction until it ends or is cut.
fn pump(
    mut client: &TcpStream,
    mut server: &TcpStream,
    to_server: bool,
    state: &State,
) -> Option<Cut> {
    let mut buffer = [0; 16 * 1024];
    loop {
        let read = if to_server { client.read(&mut buffer) } else { server.read(&mut buffer) };
        let bytes = &buffer[..read.ok().filter(|length| *length > 0)?];
        let count = if to_server { &state.sent } else { &state.answered };
        let before = count.fetch_add(bytes.len() as u64, Ordering::SeqCst);
        let mut cut = state.cut.lock().unwrap();
        let is_commit = to_server && bytes.windows(7).any(|word| word == b"COMMIT\0");
        let part = match *cut {
            Some(Cut::Sent(at)) if to_server => at.checked_sub(before),
            Some(Cut::Answered(at)) if !to_server => at.checked_sub(before),
            Some(Cut::BeforeCommit) if is_commit => Some(0),
            Some(Cut::AfterCommit | Cut::SilentAfterCommit) if is_commit => {
                Some(bytes.len() as u64)
            }
            _ => None,
        };
        let part = part.map(|part| part as usize).filter(|part| *part <= bytes.len());
        let forward = &bytes[..part.unwrap_or(bytes.len())];
        let Some(_) = part else {
            drop(cut);
            let written =
                if to_server { server.write_all(forward) } else { client.write_all(forward) };
            written.ok()?;
            continue;
        };
        let done = cut.take();
        state.cuts.fetch_add(1, Ordering::SeqCst);
        if matches!(done, Some(Cut::AfterCommit | Cut::SilentAfterCommit)) {
            // Nothing goes back any more, and the server has time.
            let _ = client.shutdown(Shutdown::Write);
            let _ = server.write_all(forward);
            drop(cut);
            sleep(Duration::from_millis(30));
            return done;
        }
        drop(cut);
        let _ = if to_server { server.write_all(forward) } else { client.write_all(forward) };
        return done;
    }
}
