//! Who seals and opens on the command line: people of the cast, or keys from files.

use super::Failure;
use crate::example::Cast;
use crate::example::cast::Person;
use crate::example::round_trip::Scene;
use crate::protocol::Identity;
use crate::sce::arrival::situation_of;
use crate::sce::{Policy, Profiles, Rulebook};
use crate::source::{FileId, Sources};
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

    /// When and in which situation a stanza is sent.
    ///
    /// # Errors
    /// When there is no such situation.
    pub(super) fn scene(&self, stanza: &Element, stage: &CommandStage) -> Result<Scene, Failure> {
        let situation = self.situation.clone().unwrap_or_else(|| situation_of(stanza).to_owned());
        if stage.rules.profiles.situation(&situation).is_none() {
            let names: Vec<&str> = stage.rules.profiles.situations().map(|(name, _)| name).collect();
            return Err(Failure(format!("there is no situation `{situation}`; there are {}", names.join(", "))));
        }
        Ok(Scene { at: self.at.unwrap_or_else(jiff::Timestamp::now), situation })
    }
}

/// Policy, profiles and people, read from the draft of this workspace; without one, the built-in tables and no people.
pub(super) struct CommandStage {
    /// The tables.
    pub(super) rules: Rulebook,
    /// The people.
    pub(super) cast: Cast,
}

impl CommandStage {
    /// Reads the tables and the cast in `folder`; without one, those of the only draft in `spec`.
    fn read(folder: Option<&Path>, sources: &mut Sources) -> Result<CommandStage, Failure> {
        let folder = folder.map(Path::to_path_buf).or_else(default_folder);
        let text = |name: &str| {
            folder
                .as_ref()
                .and_then(|folder| Disk.read(&folder.join(name)).ok())
                .and_then(|bytes| String::from_utf8(bytes).ok())
        };
        let (elements, elements_file) =
            table(text("elements.toml"), crate::workspace::ELEMENTS, "elements.toml", sources);
        let (profiles, profiles_file) =
            table(text("profiles.toml"), crate::workspace::PROFILES, "profiles.toml", sources);
        let failure = |name: &str, error: crate::sce::TableError| Failure(format!("`{name}`: {}", error.message));
        let rules = Rulebook {
            policy: Policy::parse(&elements, elements_file).map_err(|error| failure("elements.toml", error))?,
            profiles: Profiles::parse(&profiles, profiles_file).map_err(|error| failure("profiles.toml", error))?,
        };
        let load =
            |name: &str| folder.as_ref().and_then(|folder| Disk.read(&folder.join(name)).ok()).map(Zeroizing::new);
        let cast = match text("cast.toml") {
            Some(text) => Cast::parse(&text, &load).map_err(|error| failure("cast.toml", error))?,
            None => Cast::empty(),
        };
        Ok(CommandStage { rules, cast })
    }

    /// Adds a person who is named by an address with key files, and answers the name to find them by.
    pub(super) fn add(&mut self, who: &str, keys: &[PathBuf]) -> Result<String, Failure> {
        if self.cast.person(who).is_some() {
            return Ok(who.to_owned());
        }
        // A name without a dot would pass for a domain, but here it is a slip in a name of the cast.
        let names_host = who.contains(['@', '.']);
        let address: Option<::jid::BareJid> = jid::bare(who).parse().ok().filter(|_| names_host);
        let address = address.ok_or_else(|| self.unknown(who))?;
        let mut identity = Identity::new(address.clone());
        for file in keys {
            let bytes = Disk
                .read(file)
                .map_err(|error| Failure(format!("`{}` cannot be read: {error}", file.display())))
                .map(Zeroizing::new)?;
            let unusable = |failure: crate::protocol::Failure| Failure(format!("`{}`: {failure}", file.display()));
            identity.add_openpgp(&bytes).map_err(unusable)?;
        }
        let jid = address.to_string();
        self.cast.people.push(Person {
            id: jid.clone(),
            jid: jid.clone(),
            name: jid.clone(),
            description: String::new(),
            devices: Vec::new(),
            identity,
            key_files: Vec::new(),
        });
        Ok(jid)
    }

    fn unknown(&self, who: &str) -> Failure {
        let names: Vec<&str> = self.cast.people.iter().map(|person| person.id.as_str()).collect();
        Failure(format!("`{who}` is neither an address nor somebody of the cast ({})", names.join(", ")))
    }
}

fn table(own: Option<String>, embedded: &str, name: &str, sources: &mut Sources) -> (String, FileId) {
    let text = own.unwrap_or_else(|| embedded.to_owned());
    let file = sources.add(name, text.as_str());
    (text, file)
}

/// The folder of the draft in `spec`, if there is exactly one with a cast.
fn default_folder() -> Option<PathBuf> {
    let spec = root_of(&Disk, Path::new(".")).join("spec");
    let files = Disk.files_below(&spec).ok()?;
    let mut casts = files.iter().filter(|file| file.file_name().is_some_and(|name| name == "cast.toml"));
    let (first, second) = (casts.next()?, casts.next());
    second.is_none().then(|| first.parent().map(Path::to_path_buf)).flatten()
}
