use std::convert::Infallible;

use futures_util::stream;
use tokio::net::{TcpListener, UnixListener};

use super::*;

/// Takes one stream whole, as clamd does, and answers with this.
async fn take(line: &mut (impl AsyncRead + AsyncWrite + Unpin), say: &[u8]) -> Vec<u8> {
    let mut command = [0; 10];
    line.read_exact(&mut command).await.unwrap();
    assert_eq!(&command, b"zINSTREAM\0");
    let mut content = Vec::new();
    loop {
        let length = line.read_u32().await.unwrap();
        if length == 0 {
            break;
        }
        let mut piece = vec![0; usize::try_from(length).unwrap()];
        line.read_exact(&mut piece).await.unwrap();
        content.extend(piece);
    }
    line.write_all(say).await.unwrap();
    content
}

fn pieces(pieces: Vec<Vec<u8>>) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::iter(pieces.into_iter().map(|piece| Ok(Bytes::from(piece))))
}

async fn listening() -> (TcpListener, Scanner) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap()).parse().unwrap();
    (listener, Scanner::new(address, Duration::from_millis(500)))
}

#[tokio::test]
async fn content_comes_as_it_is_and_the_answer_is_read() {
    for (say, verdict) in [
        (&b"stream: OK\0"[..], Verdict::Clean),
        (b"stream: Test.Sig.UNOFFICIAL FOUND\0", Verdict::Infected("Test.Sig.UNOFFICIAL".into())),
        (b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", Verdict::TooLarge("Heuristics.Limits.Exceeded.MaxFileSize".into())),
        (b"INSTREAM size limit exceeded. ERROR\0", Verdict::TooLarge("INSTREAM size limit exceeded".into())),
    ] {
        let (listener, scanner) = listening().await;
        let served = tokio::spawn(async move { take(&mut listener.accept().await.unwrap().0, say).await });
        let found = scanner.scan(pieces(vec![b"ab".to_vec(), Vec::new(), vec![0; 70_000], b"c".to_vec()])).await.unwrap();
        assert_eq!(found, verdict);
        assert_eq!(served.await.unwrap(), [b"ab".to_vec(), vec![0; 70_000], b"c".to_vec()].concat());
    }
}

#[tokio::test]
async fn nothing_is_scanned_too_and_a_socket_of_the_system_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clamd.ctl");
    let listener = UnixListener::bind(&path).unwrap();
    let served = tokio::spawn(async move { take(&mut listener.accept().await.unwrap().0, b"stream: OK\0").await });
    let scanner = Scanner::new(Address::Unix(path), Duration::from_secs(5));
    assert_eq!(scanner.scan(pieces(Vec::new())).await.unwrap(), Verdict::Clean);
    assert!(served.await.unwrap().is_empty());
}

#[tokio::test]
async fn who_answers_before_the_end_and_closes_is_heard() {
    let (listener, scanner) = listening().await;
    let served = tokio::spawn(async move {
        let (mut line, _) = listener.accept().await.unwrap();
        let mut begin = [0; 1_000];
        line.read_exact(&mut begin).await.unwrap();
        line.write_all(b"INSTREAM size limit exceeded. ERROR\0").await.unwrap();
    });
    assert!(matches!(scanner.scan(pieces(vec![vec![1; 100_000]; 1_000])).await.unwrap(), Verdict::TooLarge(_)));
    served.await.unwrap();
}

#[tokio::test]
async fn what_isnt_an_answer_is_none() {
    static LONG: [u8; 10_000] = [b'x'; 10_000];
    for say in [&b"stream: OK"[..], b"\0", b"stream:  FOUND\0", b"stream: OK FOUND ERROR\0", b"HTTP/1.1 400 Bad Request\r\n\r\n\0", b"\xff\xfe\0", &LONG] {
        let (listener, scanner) = listening().await;
        let served = tokio::spawn(async move {
            let (mut line, _) = listener.accept().await.unwrap();
            take(&mut line, say).await
        });
        let failed = scanner.scan(pieces(vec![b"abc".to_vec()])).await.unwrap_err();
        assert!(matches!(failed, Failed::Nonsense(_)), "{say:?}: {failed:?}");
        served.await.unwrap();
    }
}

#[tokio::test]
async fn who_is_away_breaks_off_or_says_nothing_is_told_apart() {
    let (listener, scanner) = listening().await;
    let served = tokio::spawn(async move {
        drop(listener.accept().await.unwrap());
        // Says nothing as long as it is waited for.
        listener.accept().await.unwrap()
    });
    assert!(matches!(scanner.scan(pieces(vec![b"abc".to_vec()])).await, Err(Failed::Away(_))));
    assert!(matches!(scanner.scan(pieces(vec![b"abc".to_vec()])).await, Err(Failed::Slow)));
    drop(served.await.unwrap());
    assert!(matches!(scanner.scan(pieces(vec![b"abc".to_vec()])).await, Err(Failed::Away(_))), "nobody listens any more");
    assert!(matches!(scanner.version().await, Err(Failed::Away(_))));
}

#[tokio::test]
async fn content_that_fails_is_told_as_that() {
    let (listener, scanner) = listening().await;
    let served = tokio::spawn(async move { listener.accept().await.unwrap() });
    let failed = scanner.scan(stream::iter([Err::<Bytes, _>("gone")])).await.unwrap_err();
    assert!(matches!(failed, Failed::Content("gone")), "{failed:?}");
    drop(served.await.unwrap());
}

#[tokio::test]
async fn a_version_is_that_of_clamav() {
    for (say, good) in [(&b"ClamAV 1.4.3/27800/Mon Nov 23 09:00:00 2026\0"[..], true), (b"220 mail.example ESMTP\r\n\0", false), (b"", false)] {
        let (listener, scanner) = listening().await;
        let served = tokio::spawn(async move {
            let (mut line, _) = listener.accept().await.unwrap();
            let mut command = [0; 9];
            line.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zVERSION\0");
            line.write_all(say).await.unwrap();
        });
        assert_eq!(scanner.version().await.is_ok(), good);
        served.await.unwrap();
    }
}
