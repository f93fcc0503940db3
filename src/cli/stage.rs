//! Who seals and opens on the command line: people of the cast, or keys from files.

use super::Failure;
use crate::example::Cast;
use crate::example::cast::Person;
use crate::example::round_trip::Scene;
use crate::protocol::Identity;
use crate::sce::arrival::situation_of;
use crate::sce::{Policy, Profiles, Rulebook, Rules};
use crate::source::Sources;
use crate::workspace::{Disk, World, root_of};
use crate::xml::Element;
use crate::xmpp::jid;
use clap::Args;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// When and how a stanza is sent, and whose tables hold.
#[derive(Debug, Args)]
pub(super) struct Circumstances {
    /// The time, as 2026-09-14T09:00:00Z; without it, now
    #[arg(long, value_name = "TIME")]
    at: Option<jiff::Timestamp>,
    /// The situation in which the stanza arrives; without it, as the stanza says
    #[arg(long, value_name = "NAME")]
    situation: Option<String>,
    /// The folder with cast.toml, elements.toml and profiles.toml; without it, the draft in `spec`
    #[arg(long, value_name = "DIR")]
    draft: Option<PathBuf>,
}

impl Circumstances {
    /// The tables and the cast.
    pub(super) fn stage(&self, sources: &mut Sources) -> Result<CommandStage, Failure> {
        CommandStage::read(self.draft.as_deref(), sources)
    }

    /// The time, by the system's clock unless another one was given.
    pub(super) fn at(&self) -> jiff::Timestamp {
        self.at.unwrap_or_else(jiff::Timestamp::now)
    }

    /// The situation that was named.
    ///
    /// # Errors
    /// When there is no such situation.
    pub(super) fn told(&self, stage: &CommandStage) -> Result<Option<&str>, Failure> {
        match &self.situation {
            Some(name) if stage.rules.profiles.situation(name).is_none() => Err(unknown_situation(name, stage)),
            name => Ok(name.as_deref()),
        }
    }

    /// When and in which situation a stanza is sent; `otherwise` is the situation that its wrapper makes.
    ///
    /// # Errors
    /// When there is no such situation.
    pub(super) fn scene(
        &self,
        stanza: &Element,
        otherwise: Option<&str>,
        stage: &CommandStage,
    ) -> Result<Scene, Failure> {
        let to_occupant = stanza
            .value("to")
            .is_some_and(|to| stage.cast.room(to).is_some() && jid::parse(to).is_ok_and(|to| to.resource().is_some()));
        let is_private = to_occupant && situation_of(stanza) == "one-to-one";
        let found = if is_private { "group-chat-private" } else { situation_of(stanza) };
        let otherwise = || otherwise.unwrap_or(found).to_owned();
        let situation = self.situation.clone().unwrap_or_else(otherwise);
        if stage.rules.profiles.situation(&situation).is_none() {
            return Err(unknown_situation(&situation, stage));
        }
        Ok(Scene { at: self.at(), situation })
    }
}

fn unknown_situation(name: &str, stage: &CommandStage) -> Failure {
    let names: Vec<&str> = stage.rules.profiles.situations().map(|(name, _)| name).collect();
    Failure(format!("there is no situation `{name}`; there are {}", names.join(", ")))
}

/// Policy, profiles and people, read from the draft of this workspace; without one, the built-in tables and no people.
pub(super) struct CommandStage {
    /// The tables.
    pub(super) rules: Rules,
    /// The people.
    pub(super) cast: Cast,
}

impl CommandStage {
    /// Reads the tables and the cast in `folder`; without one, those of the only draft in `spec`.
    pub(super) fn read(folder: Option<&Path>, sources: &mut Sources) -> Result<CommandStage, Failure> {
        let folder = match folder {
            Some(folder) if !folder.is_dir() => {
                return Err(Failure(format!("there is no folder `{}`", folder.display())));
            }
            Some(folder) => Some(folder.to_path_buf()),
            None => default_folder()?,
        };
        let text = |name: &str| folder.as_ref().map_or(Ok(None), |folder| read_text(&folder.join(name)));
        let failure = |name: &str, error: crate::sce::TableError| Failure(format!("`{name}`: {}", error.message));
        let elements = text("elements.toml")?.unwrap_or_else(|| crate::workspace::ELEMENTS.to_owned());
        let elements_file = sources.add("elements.toml", elements.as_str());
        let profiles = text("profiles.toml")?.unwrap_or_else(|| crate::workspace::PROFILES.to_owned());
        let profiles_file = sources.add("profiles.toml", profiles.as_str());
        let rules = Rulebook {
            policy: Policy::parse(&elements, elements_file).map_err(|error| failure("elements.toml", error))?,
            profiles: Profiles::parse(&profiles, profiles_file).map_err(|error| failure("profiles.toml", error))?,
        };
        let load =
            |name: &str| folder.as_ref().and_then(|folder| Disk.read(&folder.join(name)).ok()).map(Zeroizing::new);
        let cast = match text("cast.toml")? {
            Some(text) => Cast::parse(&text, &load).map_err(|error| failure("cast.toml", error))?,
            None => Cast::empty(),
        };
        Ok(CommandStage { rules: rules.into(), cast })
    }

    /// Finds a person of the cast, or adds one who is named by an address; answers the name to find them by. Keys from files
    /// take the place of those in the cast.
    pub(super) fn add(&mut self, who: &str, keys: &[PathBuf]) -> Result<String, Failure> {
        if let (Some(person), true) = (self.cast.person(who), keys.is_empty()) {
            return Ok(person.id.clone());
        }
        let address = self.address(who)?;
        let mut identity = Identity::new(address.clone());
        for file in keys {
            add_key(&mut identity, file)?;
        }
        self.put(identity);
        Ok(address.to_string())
    }

    /// Puts somebody in the place of who had that address before.
    pub(super) fn put(&mut self, identity: Identity) {
        let jid = identity.jid().to_string();
        let known = self.cast.people.iter_mut().find(|person| jid::same_bare(&person.jid, &jid));
        match known {
            Some(person) => person.identity = identity,
            None => self.cast.people.push(Person {
                id: jid.clone(),
                jid: jid.clone(),
                name: jid.clone(),
                description: String::new(),
                devices: Vec::new(),
                identity,
                key_files: Vec::new(),
            }),
        }
    }

    /// The address of somebody of the cast, or of whoever is named by one. A name without a dot would pass for a domain, but
    /// here it is a slip in a name of the cast.
    fn address(&self, who: &str) -> Result<crate::xmpp::BareJid, Failure> {
        let named = self.cast.person(who).map_or(who, |person| &person.jid);
        let names_host = named.contains(['@', '.']);
        jid::bare(named).parse().ok().filter(|_| names_host).ok_or_else(|| self.unknown(who))
    }

    fn unknown(&self, who: &str) -> Failure {
        let names: Vec<&str> = self.cast.people.iter().map(|person| person.id.as_str()).collect();
        Failure(format!("`{who}` is neither an address nor somebody of the cast ({})", names.join(", ")))
    }
}

fn add_key(identity: &mut Identity, file: &Path) -> Result<(), Failure> {
    let shown = file.display();
    let bytes = Disk.read(file).map_err(|error| Failure(format!("`{shown}` cannot be read: {error}")))?;
    let added = identity.add_openpgp(&Zeroizing::new(bytes));
    added.map_err(|failure| Failure(format!("`{shown}`: {failure}")))
}

/// The text of a file; `None` where there is none.
fn read_text(path: &Path) -> Result<Option<String>, Failure> {
    if !Disk.is_file(path) {
        return Ok(None);
    }
    let failed = |why: String| Failure(format!("`{}` cannot be read: {why}", path.display()));
    let bytes = Disk.read(path).map_err(|error| failed(error.to_string()))?;
    String::from_utf8(bytes).map(Some).map_err(|_| failed("it is not UTF-8".into()))
}

/// The folder of the draft in `spec`, if one has a cast.
///
/// # Errors
/// When several have.
fn default_folder() -> Result<Option<PathBuf>, Failure> {
    let spec = root_of(&Disk, Path::new(".")).join("spec");
    let files = Disk.files_below(&spec).unwrap_or_default();
    let casts = files.iter().filter(|file| file.file_name().is_some_and(|name| name == "cast.toml"));
    let folders: Vec<&Path> = casts.filter_map(|file| file.parent()).collect();
    match folders.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.to_path_buf())),
        several => {
            let names: Vec<String> = several.iter().map(|folder| folder.display().to_string()).collect();
            Err(Failure(format!("several drafts have a cast ({}); name one with `--draft`", names.join(", "))))
        }
    }
}
