//! The people in the examples, with their devices and keys.

use crate::protocol::omemo::{self, DeviceId};
use crate::protocol::{Identity, Keyring};
use crate::random::SeededRandom;
use crate::sce::TableError;
use crate::xmpp::jid;
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// Gives the bytes of a key file by the path that the table names; they are wiped after use.
pub type Load<'a> = &'a dyn Fn(&str) -> Option<Zeroizing<Vec<u8>>>;

/// Who appears in a document's examples.
#[derive(Debug)]
pub struct Cast {
    /// The moment of the stories, where an example names no other.
    pub clock: Timestamp,
    /// The published seed of all padding and of the OMEMO devices.
    pub seed: String,
    /// The people, by name.
    pub people: Vec<Person>,
    /// The rooms, by name.
    pub rooms: Vec<Room>,
    /// What is to be said about the keys.
    pub notice: String,
    /// Everybody's public keys, put together when they are first asked for.
    keyring: OnceLock<Keyring>,
}

/// A person.
#[derive(Debug)]
pub struct Person {
    /// The name in the table, as `--from` takes it.
    pub id: String,
    /// The account, bare.
    pub jid: String,
    /// What people call them.
    pub name: String,
    /// Their part.
    pub description: String,
    /// Their devices.
    pub devices: Vec<Device>,
    /// Their keys, secret ones included.
    pub identity: Identity,
    /// The files that the keys came from: secret, public.
    pub key_files: Vec<String>,
}

/// A device.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Device {
    /// The resource.
    pub resource: String,
    /// The OMEMO device id.
    pub omemo_id: u32,
}

/// A group chat.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// Its address.
    pub jid: String,
    /// People by name, with their nicknames.
    pub occupants: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default)]
    notice: String,
    clock: String,
    seed: String,
    person: BTreeMap<String, RawPerson>,
    #[serde(default)]
    room: BTreeMap<String, Room>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawPerson {
    jid: String,
    name: String,
    #[serde(default)]
    description: String,
    openpgp_secret: Option<String>,
    openpgp_public: Option<String>,
    #[serde(default)]
    device: Vec<Device>,
}

impl Cast {
    /// Reads `cast.toml`. `load` gives the bytes of a file that the table names.
    ///
    /// # Errors
    /// When the text is no such table, an address is none, or a key is missing or unreadable.
    pub fn parse(text: &str, load: Load<'_>) -> Result<Cast, TableError> {
        let raw: File = toml::from_str(text)?;
        if raw.version != 1 {
            return Err(TableError::new(format!("version {} of the table is not known, 1 is", raw.version)));
        }
        let clock = raw.clock.parse().map_err(|error| TableError::new(format!("`clock`: {error}")))?;
        let people = raw
            .person
            .into_iter()
            .map(|(id, person)| read_person(id, person, &raw.seed, load))
            .collect::<Result<_, _>>()?;
        Ok(Cast {
            clock,
            seed: raw.seed,
            people,
            rooms: raw.room.into_values().collect(),
            notice: raw.notice,
            keyring: OnceLock::new(),
        })
    }

    /// Nobody.
    pub fn empty() -> Cast {
        Cast {
            clock: Timestamp::UNIX_EPOCH,
            seed: String::new(),
            people: Vec::new(),
            rooms: Vec::new(),
            notice: String::new(),
            keyring: OnceLock::new(),
        }
    }

    /// The person of that name or address.
    pub fn person(&self, who: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == who || jid::same_bare(&person.jid, who))
    }

    /// The addresses of the rooms that a person has joined.
    pub fn rooms_of(&self, person: &Person) -> Vec<String> {
        let joined = self.rooms.iter().filter(|room| room.occupants.contains_key(&person.id));
        joined.map(|room| room.jid.clone()).collect()
    }

    /// Everybody's account.
    pub fn accounts(&self) -> Vec<String> {
        self.people.iter().map(|person| person.jid.clone()).collect()
    }

    /// The room of that address.
    pub fn room(&self, address: &str) -> Option<&Room> {
        self.rooms.iter().find(|room| jid::same_bare(&room.jid, address))
    }

    /// Everybody's public keys.
    pub fn keyring(&self) -> &Keyring {
        self.keyring.get_or_init(|| self.people.iter().map(|person| person.identity.public()).collect())
    }
}

impl Person {
    /// Whether any key of the person is known.
    pub fn has_keys(&self) -> bool {
        !self.identity.fingerprints().is_empty() || !self.identity.omemo_devices().is_empty()
    }

    /// The OMEMO device with that number, all of whose keys follow from the cast's seed.
    ///
    /// # Errors
    /// When the person has no such device.
    pub fn omemo_device(&self, seed: &str, number: &str) -> Result<omemo::Device, String> {
        let id = self.devices.iter().map(|device| device.omemo_id).find(|id| id.to_string() == number);
        let id = id.ok_or_else(|| format!("{} has no OMEMO device {number}", self.jid))?;
        let id = DeviceId::new(id).map_err(|failure| failure.to_string())?;
        Ok(omemo::Device::from_seed(seed, self.identity.jid().clone(), id))
    }

    /// The list of the person's OMEMO devices, each called by its resource.
    ///
    /// # Errors
    /// When a number is none.
    pub fn device_list(&self, seed: &str) -> Result<omemo::DeviceList, String> {
        let mut list = omemo::DeviceList::default();
        for one in &self.devices {
            let device = self.omemo_device(seed, &one.omemo_id.to_string())?;
            let mut random = SeededRandom::new(&format!("label/{seed}/{}/{}", self.jid, one.omemo_id));
            let label = omemo::Label::sign(&one.resource, &device, &mut random);
            list.devices.insert(device.id(), Some(label));
        }
        Ok(list)
    }
}

impl Room {
    /// The people in the room, with their nicknames.
    pub fn people<'a>(&'a self, cast: &'a Cast) -> impl Iterator<Item = (&'a Person, &'a str)> {
        self.occupants.iter().filter_map(|(id, nick)| Some((cast.person(id)?, nick.as_str())))
    }
}

fn read_person(id: String, raw: RawPerson, seed: &str, load: Load<'_>) -> Result<Person, TableError> {
    let address: crate::xmpp::BareJid =
        raw.jid.parse().map_err(|_| TableError::new(format!("`{}` is no bare JID", raw.jid)))?;
    let mut identity = Identity::new(address);
    let key_files: Vec<String> = raw.openpgp_secret.into_iter().chain(raw.openpgp_public).collect();
    for file in &key_files {
        let bytes = load(file).ok_or_else(|| TableError::new(format!("the key `{file}` of {id} cannot be read")))?;
        identity.add_openpgp(&bytes).map_err(|failure| TableError::new(format!("`{file}`: {}", failure.message())))?;
    }
    for device in &raw.device {
        let number = DeviceId::new(device.omemo_id)
            .map_err(|failure| TableError::new(format!("`omemo-id` of {id}: {}", failure.message())))?;
        identity.add_omemo_seed(seed, number);
    }
    Ok(Person {
        id,
        jid: raw.jid,
        name: raw.name,
        description: raw.description,
        devices: raw.device,
        identity,
        key_files,
    })
}
