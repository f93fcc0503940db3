//! `xep device`.

use super::omemo_files::load;
use super::seal::SystemRandom;
use super::{Failure, Outcome, output};
use crate::protocol::omemo::{Device, DeviceId, DeviceList, MAXIMUM_ID, element};
use crate::random::Random;
use crate::source::{Sources, Span};
use crate::workspace::SecretFile;
use crate::xml::write::{Style, write};
use crate::xml::{Element, Name};
use crate::xmpp::BareJid;
use clap::{Args, Subcommand};
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Make OMEMO devices in files, and print what they publish
///
/// A device file holds the secret keys of the device and its sessions. Keep it to yourself, keep one copy only, and never go back to an
/// older one: its keys would be used twice.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DeviceCommand {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = "Examples:\n  xep device new --jid romeo@montague.example --out romeo.device\n  xep device bundle romeo.device > \
bundle.xml\n  xep device list romeo.device > devices.xml\n  xep seal --profile omemo --device romeo.device --bundle juliet-bundle.xml < \
stanza.xml\n  xep open --device romeo.device < sealed.xml";

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a device with new keys, in a new file that only you can read
    New {
        /// The account that the device is of
        #[arg(long, value_name = "JID")]
        jid: BareJid,
        /// The id of the device, 1 to 2147483647; without it, a random one
        #[arg(long, value_name = "ID")]
        id: Option<u32>,
        /// The file; it must not be there yet
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Print the bundle, as the pubsub item to publish at `urn:xmpp:omemo:2:bundles`
    ///
    /// Prekeys that were used are replaced first. Publish the bundle again after each message that began a session.
    Bundle {
        /// The device file
        file: PathBuf,
        /// Make a new signed prekey first, as a device does once a week to once a month
        #[arg(long)]
        rotate: bool,
        /// Forget used prekeys first: when all messages of a time of absence have been opened
        #[arg(long)]
        forget_used: bool,
    },
    /// Print the list of an account's devices, as the pubsub item to publish at `urn:xmpp:omemo:2:devices`
    List {
        /// The device files, all of one account
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Show whose the device is, its fingerprint, and the devices that it has sessions with
    Show {
        /// The device file
        file: PathBuf,
    },
}

impl DeviceCommand {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        match self.action {
            Action::New { jid, id, out } => make(jid, id, &out)?,
            Action::Bundle { file, rotate, forget_used } => bundle(&file, rotate, forget_used)?,
            Action::List { files } => list(&files)?,
            Action::Show { file } => show(&file)?,
        }
        Ok(Outcome::Clean)
    }
}

fn make(jid: BareJid, id: Option<u32>, out: &Path) -> Result<(), Failure> {
    let id = DeviceId::new(id.unwrap_or_else(random_id))?;
    let device = Device::generate(jid, id, &mut SystemRandom);
    SecretFile::create(out, &device.stored())?;
    output::note(&format!("device {id} of {}, fingerprint {}", device.address(), device.identity().fingerprint()));
    Ok(())
}

/// 1 to 2³¹ − 1.
fn random_id() -> u32 {
    let mut bytes = [0; 4];
    SystemRandom.fill(&mut bytes);
    u32::from_be_bytes(bytes) % MAXIMUM_ID + 1
}

fn bundle(path: &Path, rotate: bool, forget_used: bool) -> Result<(), Failure> {
    let (file, stored) = SecretFile::open(path)?;
    let mut device = load(path, &stored)?;
    let mut next: Option<Zeroizing<Vec<u8>>> = None;
    let mut keep = |state: &[u8]| {
        next = Some(Zeroizing::new(state.to_vec()));
        Ok::<(), Infallible>(())
    };
    if forget_used {
        device.forget_used_prekeys().commit(&mut keep)?;
    }
    if rotate {
        device.rotate_signed_prekey(&mut SystemRandom).commit(&mut keep)?;
    }
    device.replace_prekeys(&mut SystemRandom).commit(&mut keep)?;
    if let Some(state) = next.filter(|state| *state != stored) {
        file.replace(&state)?;
    }
    print_item(&device.id().to_string(), device.bundle()?.write(place()))
}

fn list(files: &[PathBuf]) -> Result<(), Failure> {
    let mut devices = DeviceList::default();
    let mut account: Option<BareJid> = None;
    for path in files {
        let (_file, stored) = SecretFile::open(path)?;
        let device = load(path, &stored)?;
        if account.as_ref().is_some_and(|account| account != device.address()) {
            return Err(Failure(format!(
                "`{}` is of {}; list one account's devices",
                path.display(),
                device.address()
            )));
        }
        account = Some(device.address().clone());
        if devices.devices.insert(device.id(), None).is_some() {
            return Err(Failure(format!("`{}` is a second device with the id {}", path.display(), device.id())));
        }
    }
    print_item("current", devices.write(place()))
}

fn show(path: &Path) -> Result<(), Failure> {
    let (_file, stored) = SecretFile::open(path)?;
    let device = load(path, &stored)?;
    let mut lines = vec![
        format!("device {} of {}", device.id(), device.address()),
        format!("fingerprint {}", device.identity().fingerprint()),
    ];
    lines.extend(
        device.peers().map(|(jid, id, key)| format!("session with device {id} of {jid}, {}", key.fingerprint())),
    );
    output::print(&format!("{}\n", lines.join("\n")))
}

fn print_item(id: &str, content: Element) -> Result<(), Failure> {
    const PUBSUB: &str = "http://jabber.org/protocol/pubsub";
    let item = Element::new(Name::new(PUBSUB, "item"), place()).with_attribute("id", id).with_child(content);
    debug_assert!(item.elements().all(|child| child.name.namespace == element::NAMESPACE));
    output::print(&format!("{}\n", write(&item, "", Style::default())))
}

/// What is generated stands nowhere in a file.
fn place() -> Span {
    let mut sources = Sources::default();
    let file = sources.add("device", "");
    sources.whole(file)
}
