//! How each call gets its connection.

/// One reading call on a connection of its own.
macro_rules! read {
    ($self:ident, |$conn:ident| $work:expr) => {
        timed(async {
            let mut connection = $self.reader().await?;
            let $conn = &mut *connection;
            $work.await
        })
        .await
    };
}
/// Several reads that see one moment.
macro_rules! moment {
    ($begin:expr, |$conn:ident| $work:expr) => {
        moment!(timed, $begin, |$conn| $work)
    };
    ($timed:ident, $begin:expr, |$conn:ident| $work:expr) => {
        $timed(async {
            let mut transaction = $begin.await?;
            let $conn = &mut *transaction;
            let result = $work.await;
            transaction.commit().await?;
            result
        })
        .await
    };
}
/// One writing call in a transaction of its own.
macro_rules! write {
    ($self:ident, |$conn:ident| $work:expr) => {
        write!($self.write(), |$conn| $work)
    };
    ($begin:expr, |$conn:ident| $work:expr) => {
        timed(async {
            let mut transaction = $begin.await?;
            let $conn = &mut *transaction;
            let result = $work.await?;
            transaction.commit().await?;
            Ok(result)
        })
        .await
    };
}
pub(super) use {moment, read, write};
