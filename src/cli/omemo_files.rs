//! OMEMO devices, bundles and device lists from files, for `xep seal` and `xep open`.
//!
//! The new state of a device is stored before anything that came of it is printed. While a message is opened, what was stored before is
//! kept beside it under a name that follows from the message: whoever is stopped between storing and printing opens the same message
//! again.

use super::stage::CommandStage;
use super::{Failure, output};
use crate::example::receive;
use crate::example::sealed::Opening;
use crate::protocol::omemo::{Bundle, Device, DeviceId, DeviceList, NextState, element, expect_keys_of_one_account};
use crate::protocol::{self, Identity};
use crate::sce::fault::FaultKind;
use crate::source::Sources;
use crate::workspace::{Disk, SecretFile, World};
use crate::xml::Element;
use crate::xmpp::hash::to_hexadecimal;
use crate::xmpp::{BareJid, StanzaKind, jid};
use clap::Args;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// OMEMO devices outside the cast.
#[derive(Debug, Args)]
pub(super) struct OmemoFiles {
    /// Your own OMEMO device with its sessions, as `xep device new` makes it; its new state is stored in it before anything is printed
    #[arg(long, value_name = "FILE")]
    device: Option<PathBuf>,
    /// The bundle of a device of the other side: `<bundle/>`, or the pubsub item or items around it. Where no item says the device's id,
    /// give it as ID=FILE; for a device of somebody else, as JID/ID=FILE
    #[arg(long, value_name = "[ID=]FILE")]
    bundle: Vec<String>,
    /// The device list of the other side; devices that are not on it are left out
    #[arg(long, value_name = "FILE")]
    devices: Option<PathBuf>,
}

/// An own device in a file while something is sealed or opened with it.
#[derive(Default)]
pub(super) struct InUse(Option<Used>);

struct Used {
    address: BareJid,
    file: SecretFile,
    next: NextState,
    /// What the file held when it was read.
    before: Zeroizing<Vec<u8>>,
    /// The name under which that is kept.
    name: String,
    /// Whether the step was made by a run that was stopped, and is only told once more.
    is_repeated: bool,
}

impl OmemoFiles {
    /// Takes devices and bundles in, in place of those of the cast. The other side is `other`; `message` is what is opened, or nothing
    /// where something is sealed.
    pub(super) fn take(
        &self,
        other: Option<&str>,
        message: Option<&str>,
        stage: &mut CommandStage,
    ) -> Result<InUse, Failure> {
        let used = self.device.as_deref().map(|path| own_device(path, message, stage)).transpose()?;
        let other = other.and_then(|other| jid::bare(other).parse::<BareJid>().ok());
        let mut published: BTreeMap<BareJid, Vec<(DeviceId, Bundle)>> = BTreeMap::new();
        for named in &self.bundle {
            let (account, bundles) = bundles(named, other.as_ref())?;
            let account = account.or_else(|| other.clone()).ok_or_else(|| nobody("--bundle"))?;
            let known = published.entry(account.clone()).or_default();
            for (id, bundle) in bundles {
                if known.iter().any(|(other, known)| *other == id && known.identity() != bundle.identity()) {
                    let message = format!("two bundles of the device {id} of {account} have different identity keys");
                    return Err(Failure(format!("{message}; give the one that is published now")));
                }
                known.push((id, bundle));
            }
        }
        for (account, bundles) in published {
            let mut identity =
                if self.device.is_some() { known(&account, stage) } else { without_omemo(&account, stage) };
            bundles.into_iter().for_each(|(id, bundle)| identity.add_omemo_bundle(id, bundle));
            stage.put(identity);
        }
        if let Some(path) = &self.devices {
            let other = other.ok_or_else(|| nobody("--devices"))?;
            keep_listed(path, &other, message.is_none(), stage)?;
        }
        if message.is_none() && (self.device.is_some() || !self.bundle.is_empty()) {
            let people: Vec<&Identity> = stage.cast.people.iter().map(|person| &person.identity).collect();
            expect_keys_of_one_account(&people)?;
        }
        Ok(InUse(used))
    }
}

impl InUse {
    /// Whose device it is.
    pub(super) fn address(&self) -> Option<String> {
        self.0.as_ref().map(|used| used.address.to_string())
    }

    /// Checks that the device is of an account.
    pub(super) fn expect_of(&self, account: Option<&str>) -> Result<(), Failure> {
        let Some(used) = &self.0 else { return Ok(()) };
        match account.is_none_or(|account| jid::same_bare(account, used.address.as_str())) {
            true => Ok(()),
            false => Err(Failure(format!(
                "the device of `--device` is of {}, not of {}",
                used.address,
                account.unwrap_or_default()
            ))),
        }
    }

    /// Stores the device as it is after sealing. What was sealed may be printed afterwards.
    pub(super) fn store(&self) -> Result<(), Failure> {
        let Some(used) = &self.0 else { return Ok(()) };
        match used.next.take() {
            Some(state) => Ok(used.file.replace(&state)?),
            None => Ok(()),
        }
    }

    /// Stores the device as it is after a message was decrypted, also where the message is refused for something else: a key is used
    /// once, and nobody tries its message again with another address, type or time. What was opened may be shown afterwards; then
    /// [`InUse::delivered`]. Answers whether there is nothing to show.
    pub(super) fn settle(&self, result: Option<&Result<Opening, protocol::Failure>>) -> Result<bool, Failure> {
        let Some(used) = &self.0 else { return Ok(false) };
        let is_empty = matches!(result, Some(Err(failure)) if failure.is_without_content());
        let opening = result.and_then(|result| result.as_ref().ok());
        // A session is not filed under an account that the envelope contradicts, and what may not come in this way at all would not have
        // been decrypted by a receiver.
        let is_misfiled = opening.into_iter().flat_map(|one| &one.faults).any(|fault| MISPLACED.contains(&fault.kind));
        // There is a next state as soon as a key of somebody known has opened.
        let Some(state) = used.next.take().filter(|_| !is_misfiled) else { return Ok(false) };
        if used.is_repeated {
            output::note("This message was opened before, by a run that was stopped before it had printed it.");
            return Ok(is_empty);
        }
        used.file.keep(&used.name, &used.before)?;
        used.file.replace(&state)?;
        if is_empty {
            output::note("The message is empty: it only moved the keys of the session on.");
        } else if !opening.is_some_and(Opening::is_accepted) {
            output::note("The key of this message is used up although the message is refused.");
        }
        Ok(is_empty)
    }

    /// The outcome was printed: what was stored before is not needed any more.
    pub(super) fn delivered(&self) -> Result<(), Failure> {
        match &self.0 {
            Some(used) => Ok(used.file.forget(&used.name)?),
            None => Ok(()),
        }
    }
}

/// What is wrong with a stanza before anything in it is decrypted, and with whose it is.
const MISPLACED: [FaultKind; 7] = [
    FaultKind::WrongSigner,
    FaultKind::ForgedWrapper,
    FaultKind::WrapperShape,
    FaultKind::UnaskedResult,
    FaultKind::UnknownRoom,
    FaultKind::NeverSealed,
    FaultKind::CarrierCount,
];

fn own_device(path: &Path, message: Option<&str>, stage: &mut CommandStage) -> Result<Used, Failure> {
    let (file, stored) = SecretFile::open(path)?;
    let digest = Sha256::digest(message.unwrap_or_default());
    let name = to_hexadecimal(digest.get(..8).unwrap_or_default()) + SecretFile::KEPT;
    let kept = if message.is_some() { file.kept(&name)? } else { None };
    // Where the file still holds what is kept, the run was stopped before it had stored anything.
    let kept = kept.filter(|kept| *kept != stored);
    let is_repeated = kept.is_some();
    let before = kept.unwrap_or(stored);
    let device = load(path, &before)?;
    let address = device.address().clone();
    for account in device.peers().map(|(account, ..)| account.clone()).filter(|account| *account != address) {
        let mut identity = without_omemo(&account, stage);
        let devices = device.peers().filter(|(other, ..)| **other == account);
        devices.for_each(|(_, id, key)| identity.add_omemo_identity(id, key));
        stage.put(identity);
    }
    let mut identity = without_omemo(&address, stage);
    let others = device.peers().filter(|(other, ..)| **other == address);
    others.for_each(|(_, id, key)| identity.add_omemo_identity(id, key));
    let next = identity.add_omemo_stored(device)?;
    stage.put(identity);
    Ok(Used { address, file, next, before, name, is_repeated })
}

/// Reads a stored device.
pub(super) fn load(path: &Path, stored: &[u8]) -> Result<Device, Failure> {
    Device::load(stored).map_err(|failure| Failure(format!("`{}`: {failure}", path.display())))
}

/// A person with what is known already.
fn known(account: &BareJid, stage: &CommandStage) -> Identity {
    let person = stage.cast.person(account.as_str());
    person.map_or_else(|| Identity::new(account.clone()), |person| person.identity.clone())
}

fn without_omemo(account: &BareJid, stage: &CommandStage) -> Identity {
    let mut identity = known(account, stage);
    identity.retain_omemo(|_| false);
    identity
}

/// The bundles in a file, and whose they are where that is said.
type Published = (Option<BareJid>, Vec<(DeviceId, Bundle)>);

fn bundles(named: &str, other: Option<&BareJid>) -> Result<Published, Failure> {
    let (account, id, path) = parts(named);
    let root = element_of(&path)?;
    expect_published(&root, &path, account.as_ref().or(other), element::BUNDLES_NODE)?;
    let mut found = Vec::new();
    if let Some(bundle) = Some(&root).filter(|root| is(root, "bundle")) {
        found.push((id, bundle));
    }
    for parent in root.descendants() {
        let own = parent.value("id").filter(|_| parent.name.local == "item").and_then(device_id);
        if let Some((named, own)) = id.zip(own).filter(|(named, own)| named != own) {
            let shown = path.display();
            return Err(Failure(format!("the item in `{shown}` is of the device {own}, but it is given as {named}")));
        }
        found.extend(parent.elements().filter(|child| is(child, "bundle")).map(|bundle| (id.or(own), bundle)));
    }
    let shown = path.display();
    match (found.as_slice(), id) {
        ([], _) => return Err(Failure(format!("`{shown}` holds no `<bundle xmlns='{}'/>`", element::NAMESPACE))),
        ([_, _, ..], Some(_)) => {
            return Err(Failure(format!("`{shown}` holds several bundles, so name it without an id")));
        }
        _ => {}
    }
    let read = |(id, bundle): (Option<DeviceId>, &Element)| {
        let id = id.ok_or_else(|| {
            Failure(format!(
                "nothing in `{shown}` says of which device its bundle is; name it as `--bundle ID={shown}`"
            ))
        })?;
        let bundle = Bundle::read(bundle).map_err(|failure| Failure(format!("`{shown}`: {failure}")))?;
        Ok((id, bundle))
    };
    Ok((account, found.into_iter().map(read).collect::<Result<_, Failure>>()?))
}

/// Checks what an answer of a server, or an event, says of itself: that it is no error, of that account and of that node.
fn expect_published(root: &Element, path: &Path, account: Option<&BareJid>, node: &str) -> Result<(), Failure> {
    let shown = path.display();
    let refused = |why: String| Err(Failure(format!("`{shown}`: {why}")));
    if let Some(type_) = root.value("type").filter(|type_| root.name.local == "iq" && *type_ != "result") {
        return refused(format!("it is an IQ of type `{type_}`, not the result of a query"));
    }
    let from = root.value("from").filter(|_| StanzaKind::of(root).is_some());
    if let Some((from, account)) = from.zip(account).filter(|(from, account)| !jid::same_bare(from, account.as_str())) {
        return refused(format!("it comes from {}, not from {account}", jid::bare(from)));
    }
    let other = root.descendants().into_iter().filter(|one| one.name.local == "items");
    match other.filter_map(|items| items.value("node")).find(|found| *found != node) {
        Some(other) => refused(format!("its items are of the node `{other}`, not of `{node}`")),
        None => Ok(()),
    }
}

/// What stands before the first `=`, if it names a device, and the path.
fn parts(named: &str) -> (Option<BareJid>, Option<DeviceId>, PathBuf) {
    let split = named.split_once('=').and_then(|(device, path)| {
        let (account, id) = match device.rsplit_once('/') {
            Some((account, id)) => (Some(account.parse().ok()?), id),
            None => (None, device),
        };
        Some((account, Some(device_id(id)?), path.into()))
    });
    split.unwrap_or_else(|| (None, None, named.into()))
}

fn device_id(text: &str) -> Option<DeviceId> {
    // Only digits, as the schema of XEP-0384 has them.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    DeviceId::new(text.parse().ok().filter(|_| is_number)?).ok()
}

fn keep_listed(path: &Path, account: &BareJid, is_complete: bool, stage: &mut CommandStage) -> Result<(), Failure> {
    let root = element_of(path)?;
    expect_published(&root, path, Some(account), element::DEVICES_NODE)?;
    let list =
        root.descendants().into_iter().find(|element| is(element, "devices")).ok_or_else(|| {
            Failure(format!("`{}` holds no `<devices xmlns='{}'/>`", path.display(), element::NAMESPACE))
        })?;
    let list = DeviceList::read(list).map_err(|failure| Failure(format!("`{}`: {failure}", path.display())))?;
    let mut identity = known(account, stage);
    identity.retain_omemo(|id| list.devices.contains_key(&id));
    let there = identity.omemo_devices();
    if let Some(missing) = list.devices.keys().find(|id| is_complete && !there.contains(id)) {
        return Err(Failure(format!(
            "the device {missing} of {account} is on the list, but neither its bundle nor a session with it is there; give it with `--bundle`"
        )));
    }
    stage.put(identity);
    Ok(())
}

fn is(element: &Element, local: &str) -> bool {
    element.name.is(element::NAMESPACE, local)
}

/// The one element in a file.
fn element_of(path: &Path) -> Result<Element, Failure> {
    let shown = path.display();
    let bytes = Disk.read(path).map_err(|error| Failure(format!("`{shown}` cannot be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| Failure(format!("`{shown}` is not UTF-8")))?;
    let mut sources = Sources::default();
    receive::element(text.trim(), &mut sources).map_err(|why| Failure(format!("`{shown}`: {why}")))
}

fn nobody(option: &str) -> Failure {
    Failure(format!("the stanza does not say whom `{option}` is of; name them, or give it as JID/ID=FILE"))
}
