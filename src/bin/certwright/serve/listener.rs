//! Connections: how many, how slow, and how they end.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::http::{Peer, Service};
use super::limits::{
    CONNECTION_TIME, CONNECTIONS, ENDING_TIME, HANDSHAKE_TIME, HEAD_BYTES, HEAD_TIME, HEADERS,
};

/// What all connections share.
#[derive(Clone)]
pub struct Connections {
    room: Arc<Semaphore>,
    service: Arc<Service>,
    /// Whether the service ends.
    ending: watch::Receiver<bool>,
}

impl Connections {
    pub fn new(service: Arc<Service>, ending: watch::Receiver<bool>) -> Self {
        Self { room: Arc::new(Semaphore::new(CONNECTIONS)), service, ending }
    }

    /// Takes connections until the service ends. Those beyond the limit wait in the system's queue.
    pub async fn accept(mut self, listener: TcpListener, tls: Option<TlsAcceptor>, router: Router) {
        loop {
            let accepted = async {
                let permit = Arc::clone(&self.room).acquire_owned().await;
                (permit, listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                accepted = accepted => accepted,
                _ = self.ending.wait_for(|ending| *ending) => return,
            };
            match (permit, accepted) {
                (Ok(permit), Ok((stream, peer))) => {
                    let connection =
                        self.clone().connection(stream, peer, tls.clone(), router.clone());
                    tokio::spawn(async {
                        connection.await;
                        drop::<OwnedSemaphorePermit>(permit);
                    });
                }
                // Too many files are open, or the client is gone already.
                _ => sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Waits until every connection ended, or the time for it is over.
    pub async fn ended(&self) {
        let all = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
        let _ = timeout(ENDING_TIME, self.room.acquire_many(all)).await;
    }

    async fn connection(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        tls: Option<TlsAcceptor>,
        router: Router,
    ) {
        let service = Arc::clone(&self.service);
        service.metrics.connections.fetch_add(1, Ordering::Relaxed);
        let _ = stream.set_nodelay(true);
        match tls {
            None => self.requests(stream, peer, router).await,
            Some(tls) => {
                if let Ok(Ok(stream)) = timeout(HANDSHAKE_TIME, tls.accept(stream)).await {
                    self.requests(stream, peer, router).await;
                }
            }
        }
        service.metrics.connections.fetch_sub(1, Ordering::Relaxed);
    }

    async fn requests(
        mut self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        peer: SocketAddr,
        router: Router,
    ) {
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME)
            .max_headers(HEADERS)
            // Who has sent all may say so, and still reads.
            .half_close(true)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        tokio::select! {
            // How it failed is the client's matter.
            _ = connection.as_mut() => return,
            () = sleep(CONNECTION_TIME) => {}
            _ = self.ending.wait_for(|ending| *ending) => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = timeout(ENDING_TIME, connection).await;
    }
}
