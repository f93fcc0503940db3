//! Makes the OpenPGP test keys of the cast: `cargo run --example make-cast-keys -- FOLDER NAME=JID...`.
//!
//! The keys are random, made once and committed; the tool overwrites none. See `spec/xep-sce/keys/README.md`.

use sequoia_openpgp as pgp;

use pgp::armor::{Kind, Writer};
use pgp::cert::{Cert, CertBuilder, CipherSuite};
use pgp::serialize::Serialize;
use pgp::types::{Features, KeyFlags};
use std::fs::OpenOptions;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// 2026-09-01T00:00:00Z.
const CREATED: u64 = 1_788_220_800;

const NOTICE: &str = "TEST KEY of the examples. Its secret half is published. Never use it.";

fn main() -> pgp::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or_else(|| pgp::anyhow::anyhow!("which folder?"))?;
    for person in arguments {
        let (name, jid) = person.split_once('=').ok_or_else(|| pgp::anyhow::anyhow!("NAME=JID, not {person}"))?;
        let cert = make(jid)?;
        let folder = Path::new(&folder);
        write(&folder.join(format!("{name}.secret.asc")), Kind::SecretKey, |out| cert.as_tsk().serialize(out))?;
        write(&folder.join(format!("{name}.public.asc")), Kind::PublicKey, |out| cert.serialize(out))?;
    }
    Ok(())
}

/// A version 4 key on Curve25519, the kind that all software opens: one key certifies and signs, one encrypts.
fn make(jid: &str) -> pgp::Result<Cert> {
    let signs = KeyFlags::empty().set_certification().set_signing();
    let encrypts = KeyFlags::empty().set_transport_encryption().set_storage_encryption();
    let (cert, _) = CertBuilder::new()
        .set_cipher_suite(CipherSuite::Cv25519)
        .set_profile(pgp::Profile::RFC4880)?
        .set_features(Features::empty().set_seipdv1())?
        .set_creation_time(SystemTime::UNIX_EPOCH + Duration::from_secs(CREATED))
        .set_validity_period(None)
        .set_primary_key_flags(signs)
        .add_userid(format!("xmpp:{jid}"))
        .add_subkey(encrypts, None, None)
        .generate()?;
    Ok(cert)
}

fn write(path: &Path, kind: Kind, content: impl Fn(&mut dyn std::io::Write) -> pgp::Result<()>) -> pgp::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let mut armour = Writer::with_headers(file, kind, [("Comment", NOTICE)])?;
    content(&mut armour)?;
    armour.finalize()?;
    Ok(())
}
