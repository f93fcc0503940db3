//! Writing files: under a temporary name first, then renamed, so that nothing is ever half written.

use super::{Failure, shown};
use std::path::Path;

/// Writes a file unless it holds those bytes already. Answers whether it was written.
///
/// # Errors
/// When the folder cannot be made or the file not be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<bool, Failure> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    put(path, bytes, None).map(|()| true)
}

/// Writes a file in the place of one that is there, with the same permissions.
///
/// # Errors
/// When it cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let permissions = std::fs::metadata(path).ok().map(|data| data.permissions());
    put(path, bytes, permissions)
}

fn put(path: &Path, bytes: &[u8], permissions: Option<std::fs::Permissions>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("`{}` cannot be written: {error}", shown(path)));
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let mut written = std::fs::write(&temporary, bytes);
    if written.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(failed)?;
        written = std::fs::write(&temporary, bytes);
    }
    if let Some(permissions) = permissions {
        written = written.and_then(|()| std::fs::set_permissions(&temporary, permissions));
    }
    let outcome = written.and_then(|()| std::fs::rename(&temporary, path));
    if outcome.is_err() {
        // The temporary file is of no use to anybody; that it cannot be removed either changes nothing.
        let _ = std::fs::remove_file(&temporary);
    }
    outcome.map_err(failed)
}

/// Removes a file that is no longer wanted.
///
/// # Errors
/// When it is there and cannot be removed.
pub fn remove(path: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::new(format!("`{}` cannot be removed: {error}", shown(path))))
        }
        _ => Ok(()),
    }
}
