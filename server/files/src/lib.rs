//! Where the content of files is kept. It flows into a *staged* file on a disk, hashed as it comes;
//! when it is whole it goes into the *store*, and only then it can be read. The store is a folder, or
//! whatever speaks the interface of `object_store`. Who may, and what is known of a file, is not
//! decided here: content has an id and nothing else.

mod error;
mod kind;
mod reading;
mod s3;
mod staged;
mod store;

pub use error::{BlobError, Result};
pub use kind::{HEAD, kind_of};
pub use object_store::ObjectStore;
pub use reading::Reading;
pub use s3::{Keys, S3};
pub use staged::{Mark, Staged};
pub use store::{Blobs, Kept};
