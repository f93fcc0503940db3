//! The page of the test vectors of a document, and the archive that holds them all.

use super::page::{RenderError, Templates};
use crate::example::vectors::{BundleCase, Case, File, Verdict};
use crate::xmpp::hash::to_hexadecimal;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Everything that the page is made from.
#[derive(Clone, Copy, Debug)]
pub struct VectorsInput<'a> {
    /// The document: `XEP-0420: Stanza Content Encryption`.
    pub heading: &'a str,
    /// The link to its page.
    pub page: &'a str,
    /// Places in other documents, with the links to them.
    pub elsewhere: &'a BTreeMap<String, String>,
    /// The files, each with its name and text.
    pub files: &'a [(String, String)],
    /// What is in those that hold vectors.
    pub vectors: &'a [File],
    /// The link to the folder of the files.
    pub folder: &'a str,
    /// The name of the archive.
    pub archive: &'a str,
    /// The archive.
    pub bytes: &'a [u8],
    /// The link to the folder of the shared files.
    pub assets: &'a str,
    /// The version of the program.
    pub generator: &'a str,
}

#[derive(Serialize)]
struct View<'a> {
    heading: &'a str,
    page: &'a str,
    assets: &'a str,
    generator: &'a str,
    files: Vec<FileView<'a>>,
    archive: ArchiveView,
    groups: Vec<Group<'a>>,
    valid: usize,
    invalid: usize,
}

#[derive(Serialize)]
struct FileView<'a> {
    name: &'a str,
    protocol: Option<&'a str>,
    href: String,
    valid: usize,
    invalid: usize,
    bytes: usize,
}

#[derive(Serialize)]
struct ArchiveView {
    name: String,
    href: String,
    bytes: usize,
    sha256: String,
}

#[derive(Serialize)]
struct Group<'a> {
    protocol: &'a str,
    flags: Vec<Flag<'a>>,
    cases: Vec<CaseView<'a>>,
    bundles: Vec<BundleView<'a>>,
}

#[derive(Serialize)]
struct BundleView<'a> {
    id: &'a str,
    shows: &'a str,
    result: &'static str,
    requirements: Vec<Place<'a>>,
}

/// A requirement, and the link to it.
#[derive(Serialize)]
struct Place<'a> {
    id: &'a str,
    href: String,
}

#[derive(Serialize)]
struct Flag<'a> {
    name: &'a str,
    meaning: &'a str,
}

#[derive(Serialize)]
struct CaseView<'a> {
    id: &'a str,
    example: &'a str,
    shows: &'a str,
    profile: &'a str,
    situation: &'a str,
    flags: String,
    result: &'static str,
    requirements: Vec<Place<'a>>,
}

/// The page.
///
/// # Errors
/// When the template does not fit; the embedded one does.
pub fn vectors_page(input: &VectorsInput<'_>) -> Result<String, RenderError> {
    let files = input.files.iter().map(|(name, text)| {
        let file = input.vectors.iter().find(|file| format!("{}.json", file.protocol) == *name);
        FileView {
            name,
            protocol: file.map(|file| file.protocol.as_str()),
            href: format!("{}/{name}", input.folder),
            valid: count(file, Verdict::Valid),
            invalid: count(file, Verdict::Invalid),
            bytes: text.len(),
        }
    });
    let view = View {
        heading: input.heading,
        page: input.page,
        assets: input.assets,
        generator: input.generator,
        files: files.collect(),
        archive: ArchiveView {
            name: input.archive.to_owned(),
            href: input.archive.to_owned(),
            bytes: input.bytes.len(),
            sha256: to_hexadecimal(&Sha256::digest(input.bytes)),
        },
        groups: input.vectors.iter().map(|file| group(file, input)).collect(),
        valid: count(input.vectors, Verdict::Valid),
        invalid: count(input.vectors, Verdict::Invalid),
    };
    Templates::embedded().render("vectors.html", &view)
}

fn count<'a>(files: impl IntoIterator<Item = &'a File>, verdict: Verdict) -> usize {
    let all = files.into_iter().flat_map(|file| {
        let bundles = file.bundles.iter().map(|bundle| bundle.result);
        file.cases.iter().map(|case| case.result).chain(bundles)
    });
    all.filter(|result| *result == verdict).count()
}

fn group<'a>(file: &'a File, input: &VectorsInput<'a>) -> Group<'a> {
    Group {
        protocol: &file.protocol,
        flags: file.flags.iter().map(|(name, meaning)| Flag { name, meaning }).collect(),
        cases: file.cases.iter().map(|one| case(one, input)).collect(),
        bundles: file.bundles.iter().map(|one| bundle(one, input)).collect(),
    }
}

/// Requirements, each with the link to it.
fn linked<'a>(ids: &'a [String], input: &VectorsInput<'_>) -> Vec<Place<'a>> {
    let href = |id: &String| input.elsewhere.get(id).cloned().unwrap_or_else(|| format!("{}#{id}", input.page));
    ids.iter().map(|id| Place { id, href: href(id) }).collect()
}

fn bundle<'a>(case: &'a BundleCase, input: &VectorsInput<'_>) -> BundleView<'a> {
    BundleView {
        id: &case.id,
        shows: &case.shows,
        result: case.result.word(),
        requirements: linked(&case.requirements, input),
    }
}

fn case<'a>(case: &'a Case, input: &VectorsInput<'_>) -> CaseView<'a> {
    CaseView {
        id: &case.id,
        example: case.id.split('.').next().unwrap_or(&case.id),
        shows: &case.shows,
        profile: &case.profile,
        situation: &case.situation,
        flags: case.flags.join(", "),
        result: case.result.word(),
        requirements: linked(&case.requirements, input),
    }
}

/// The files in one archive: the same bytes for the same files, in the order of their names, all of one time.
///
/// # Errors
/// When the archive cannot be made, with the reason.
pub fn archive(files: &[(String, String)]) -> Result<Vec<u8>, String> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut sorted: Vec<&(String, String)> = files.iter().collect();
    sorted.sort();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in sorted {
        writer.start_file(name.as_str(), options).map_err(|error| error.to_string())?;
        writer.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    }
    Ok(writer.finish().map_err(|error| error.to_string())?.into_inner())
}
