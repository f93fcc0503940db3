//! `xep.toml`: what people want of the checker in a workspace.

use super::find::Found;
use super::world::World;
use super::{Failure, defaults, shown};
use crate::example::kind::suggestion;
use crate::judge::Wanted;
use crate::rule::{self, Level, Levels, RULES};
use crate::sce::Profiles;
use crate::source::Sources;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file, at the root of a workspace.
const FILE: &str = "xep.toml";

/// The tables and values that it may hold, and those of an override.
const KEYS: [&str; 5] = ["exclude", "override", "pedantic", "profiles", "rules"];
const KEYS_OF_OVERRIDE: [&str; 2] = ["paths", "rules"];

/// What the command line asks for, whatever an `xep.toml` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whether the rules speak that are mostly no fault.
    pub pedantic: bool,
    /// Whether the rules speak about what is written for the inbox.
    pub for_inbox: bool,
}

/// What an `xep.toml` and the command line say.
#[derive(Default)]
struct Configuration {
    asked: Asked,
    rules: Vec<Setting>,
    overrides: Vec<(GlobSet, Vec<Setting>)>,
    exclude: GlobSet,
    profiles: Option<String>,
}

/// What is wanted of a rule.
type Setting = (&'static rule::Rule, Level);

/// The documents that are to be checked among those that were found, each with what is wanted for it. What `exclude` leaves
/// out is checked where its own file is named.
///
/// # Errors
/// When an `xep.toml` cannot be read or holds what nobody understands, or leaves out everything.
pub fn configured(
    world: &dyn World,
    paths: &[PathBuf],
    found: Vec<Found>,
    asked: Asked,
) -> Result<Vec<Found>, Failure> {
    let mut roots: BTreeMap<PathBuf, Root> = BTreeMap::new();
    let mut left = Vec::with_capacity(found.len());
    for mut one in found {
        if !roots.contains_key(&one.root) {
            roots.insert(one.root.clone(), Root::read(world, &one.root, asked)?);
        }
        let Some(root) = roots.get(&one.root) else { continue };
        let relative = root.relative(world, &one.path);
        if root.configuration.exclude.is_match(&relative) && !paths.contains(&one.path) {
            continue;
        }
        one.wanted = root.wanted(&relative);
        left.push(one);
    }
    match left.is_empty() && !roots.is_empty() {
        true => Err(Failure::new(format!("`exclude` in `{FILE}` leaves out every XEP that was found"))),
        false => Ok(left),
    }
}

/// A root of a workspace and what it is configured to.
struct Root {
    /// Its path without links; nothing where no path matters.
    real: Option<PathBuf>,
    configuration: Configuration,
    /// What is wanted where no override says otherwise.
    usual: Arc<Wanted>,
}

impl Root {
    fn read(world: &dyn World, root: &Path, asked: Asked) -> Result<Root, Failure> {
        let path = root.join(FILE);
        let path = path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path);
        let mut configuration = match world.is_file(&path) {
            true => Configuration::read(world, root, &path)?,
            false => Configuration::default(),
        };
        configuration.asked.pedantic |= asked.pedantic;
        configuration.asked.for_inbox = asked.for_inbox;
        let names_paths = !configuration.overrides.is_empty() || !configuration.exclude.is_empty();
        let usual = Arc::new(configuration.wanted(Path::new("")));
        Ok(Root { real: names_paths.then(|| world.real(root)), configuration, usual })
    }

    /// The path of a document from the root on; an empty one where no path matters.
    fn relative(&self, world: &dyn World, path: &Path) -> PathBuf {
        let relative = |root: &PathBuf| Some(world.real(path).strip_prefix(root).ok()?.to_path_buf());
        self.real.as_ref().and_then(relative).unwrap_or_default()
    }

    fn wanted(&self, relative: &Path) -> Arc<Wanted> {
        match self.configuration.overrides.iter().any(|(paths, _)| paths.is_match(relative)) {
            true => Arc::new(self.configuration.wanted(relative)),
            false => self.usual.clone(),
        }
    }
}

impl Configuration {
    fn read(world: &dyn World, root: &Path, path: &Path) -> Result<Configuration, Failure> {
        let bytes =
            world.read(path).map_err(|error| Failure::new(format!("`{}` cannot be read: {error}", shown(path))))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::new(format!("`{}` cannot be read: it is not UTF-8", shown(path))))?;
        let mut reader = Reader { profiles: &|| known_profiles(world, root), faults: Vec::new() };
        let configuration = match DeTable::parse(&text) {
            Ok(table) => reader.configuration(table.get_ref()),
            Err(error) => {
                reader.fault(error.span().unwrap_or_default(), error.message());
                Configuration::default()
            }
        };
        reader.faults.sort_by_key(|(place, _)| place.start);
        let told = reader.faults.iter().map(|(place, message)| {
            let line = text.bytes().take(place.start).filter(|byte| *byte == b'\n').count() + 1;
            format!("`{}`, line {line}: {message}", shown(path))
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() { Ok(configuration) } else { Err(Failure::new(told.join("\n"))) }
    }

    /// What is wanted for the document at a path from the root on. Of two overrides the later one counts.
    fn wanted(&self, relative: &Path) -> Wanted {
        let mut levels = Levels::default();
        if self.asked.pedantic {
            levels.set_pedantic();
        }
        if self.asked.for_inbox {
            levels.set_for_inbox();
        }
        let overrides = self.overrides.iter().filter(|(paths, _)| paths.is_match(relative));
        for (rule, level) in self.rules.iter().chain(overrides.flat_map(|(_, rules)| rules)) {
            levels.set(rule, *level);
        }
        Wanted { levels, profiles: self.profiles.clone() }
    }
}

/// The names of the profiles that are built in or that a draft of the workspace brings.
fn known_profiles(world: &dyn World, root: &Path) -> Vec<String> {
    let own = world.files_below(&root.join("spec")).unwrap_or_default().into_iter();
    let own = own.filter(|path| path.ends_with("profiles.toml")).filter_map(|path| world.read(&path).ok());
    let own = own.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let mut sources = Sources::default();
    let mut names = Vec::new();
    for text in std::iter::once(defaults::PROFILES.to_owned()).chain(own) {
        let file = sources.add(FILE, "");
        let read = Profiles::parse(&text, file).ok();
        names.extend(read.iter().flat_map(|profiles| profiles.iter().map(|profile| profile.id.clone())));
    }
    names
}

/// Reads the tables of an `xep.toml` and notes all that is wrong with them.
struct Reader<'a> {
    profiles: &'a dyn Fn() -> Vec<String>,
    faults: Vec<(Range<usize>, String)>,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn fault(&mut self, place: Range<usize>, message: impl Into<String>) {
        self.faults.push((place, message.into()));
    }

    fn configuration(&mut self, table: &DeTable<'_>) -> Configuration {
        self.keys(table, &KEYS, FILE);
        Configuration {
            asked: Asked {
                pedantic: table.get("pedantic").is_some_and(|value| self.truth(value, "pedantic")),
                for_inbox: false,
            },
            rules: self.rules(table),
            overrides: self.overrides(table),
            exclude: table.get("exclude").map(|value| self.globs(value, "exclude")).unwrap_or_default(),
            profiles: table.get("profiles").map(|value| self.named_profiles(value)),
        }
    }

    /// Tells keys that a table cannot have.
    fn keys(&mut self, table: &DeTable<'_>, known: &[&str], what: &str) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let near = nearest(key.get_ref(), known, "the keys are");
            self.fault(key.span(), format!("`{what}` has no key `{}`; {near}", key.get_ref()));
        }
    }

    fn truth(&mut self, value: &Value<'_>, key: &str) -> bool {
        let truth = value.get_ref().as_bool();
        if truth.is_none() {
            self.fault(value.span(), format!("`{key}` is `true` or `false`"));
        }
        truth.unwrap_or(false)
    }

    /// The texts of a list.
    fn texts<'v>(&mut self, value: &'v Value<'_>, key: &str) -> Vec<(&'v str, Range<usize>)> {
        let items = value.get_ref().as_array();
        let texts: Option<Vec<_>> =
            items.and_then(|items| items.iter().map(|item| Some((item.get_ref().as_str()?, item.span()))).collect());
        if texts.is_none() {
            self.fault(value.span(), format!("`{key}` is a list of texts, as in `{key} = [\"...\"]`"));
        }
        texts.unwrap_or_default()
    }

    fn rules(&mut self, table: &DeTable<'_>) -> Vec<Setting> {
        let Some(value) = table.get("rules") else { return Vec::new() };
        let Some(rules) = value.get_ref().as_table() else {
            self.fault(value.span(), "`rules` is a table, as in `rules = { dead-link = \"off\" }`");
            return Vec::new();
        };
        rules.iter().filter_map(|(name, level)| Some((self.rule(name)?, self.level(level)?))).collect()
    }

    fn rule(&mut self, name: &Spanned<std::borrow::Cow<'_, str>>) -> Option<&'static rule::Rule> {
        let rule = rule::find(name.get_ref());
        if rule.is_none() {
            let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
            let near = suggestion(name.get_ref(), &names);
            let near = near.map_or("`xep explain` lists them all".into(), |near| format!("did you mean `{near}`?"));
            self.fault(name.span(), format!("there is no rule `{}`; {near}", name.get_ref()));
        }
        rule
    }

    fn level(&mut self, value: &Value<'_>) -> Option<Level> {
        let word = value.get_ref().as_str();
        let level = word.and_then(Level::from_word);
        if level.is_none() {
            let near = nearest(word.unwrap_or(""), &Level::WORDS, "write");
            self.fault(value.span(), format!("{} is no severity; {near}", quoted(value)));
        }
        level
    }

    fn overrides(&mut self, table: &DeTable<'_>) -> Vec<(GlobSet, Vec<Setting>)> {
        let Some(value) = table.get("override") else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.fault(value.span(), "an override begins with `[[override]]`");
            return Vec::new();
        };
        items.iter().filter_map(|item| self.one_override(item)).collect()
    }

    fn one_override(&mut self, item: &Value<'_>) -> Option<(GlobSet, Vec<Setting>)> {
        let Some(table) = item.get_ref().as_table() else {
            self.fault(item.span(), "an override begins with `[[override]]`");
            return None;
        };
        self.keys(table, &KEYS_OF_OVERRIDE, "override");
        let Some(paths) = table.get("paths") else {
            self.fault(item.span(), "this override has no `paths`");
            return None;
        };
        Some((self.globs(paths, "paths"), self.rules(table)))
    }

    /// Patterns of paths from the root on. One that names a folder means all that is in it.
    fn globs(&mut self, value: &Value<'_>, key: &str) -> GlobSet {
        let mut set = GlobSetBuilder::new();
        for (pattern, place) in self.texts(value, key) {
            let plain = pattern.trim_start_matches("./").trim_matches('/');
            let all = if matches!(plain, "" | ".") { "**".to_owned() } else { format!("{plain}/**") };
            for pattern in [plain.to_owned(), all] {
                match GlobBuilder::new(&pattern).literal_separator(true).build() {
                    Ok(glob) => drop(set.add(glob)),
                    Err(error) => {
                        self.fault(place.clone(), format!("`{plain}` is no pattern of paths: {}", error.kind()));
                        break;
                    }
                }
            }
        }
        set.build().unwrap_or_default()
    }

    fn named_profiles(&mut self, value: &Value<'_>) -> String {
        let texts = self.texts(value, "profiles");
        let known = (self.profiles)();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        for (name, place) in texts.iter().filter(|(name, _)| !known.contains(name)) {
            let near = nearest(name, &known, "there are");
            self.fault(place.clone(), format!("there is no profile `{name}`; {near}"));
        }
        texts.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
    }
}

/// What is meant instead of a word, or all that could be.
fn nearest(word: &str, known: &[&str], otherwise: &str) -> String {
    match suggestion(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{otherwise} `{}`", known.join("`, `")),
    }
}

/// A value as it is shown in a message.
fn quoted(value: &Value<'_>) -> String {
    match value.get_ref().as_str() {
        Some(word) => format!("`{word}`"),
        None => format!("this {}", value.get_ref().type_str()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::workspace::{Memory, find, nothing_known};

    fn workspace(text: &str) -> Memory {
        Memory::default()
            .with("r/xep.toml", text)
            .with("r/xep-0001.xml", "<xep>")
            .with("r/inbox/new.xml", "<xep>")
            .with("r/attic/old.xml", "<xep>")
    }

    fn found(text: &str, paths: &[&str]) -> Result<Vec<Found>, Failure> {
        let world = workspace(text);
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        configured(&world, &paths, find(&world, &paths, &nothing_known).unwrap(), Asked::default())
    }

    fn fault(text: &str) -> String {
        found(text, &["r"]).map(|_| String::new()).unwrap_or_else(|failure| failure.to_string())
    }

    #[test]
    fn nothing_is_wanted_where_nothing_is_said() {
        let found = found("", &["r"]).unwrap();
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|one| *one.wanted == Wanted::default()));
    }

    #[test]
    fn overrides_hold_for_their_paths() {
        let text = "rules = { dead-link = 'off' }\n[[override]]\npaths = ['inbox/']\nrules = { dead-link = 'info' }\n";
        let found = found(text, &["r"]).unwrap();
        let on: Vec<_> = found.iter().map(|one| (shown(&one.path), one.wanted.levels.is_on("dead-link"))).collect();
        let expected = [("r/attic/old.xml", false), ("r/inbox/new.xml", true), ("r/xep-0001.xml", false)];
        assert_eq!(on, expected.map(|(path, is_on)| (path.to_owned(), is_on)));
    }

    #[test]
    fn what_is_left_out_is_checked_where_it_is_named() {
        let paths = |text: &str, paths: &[&str]| -> Vec<String> {
            found(text, paths).unwrap().iter().map(|one| shown(&one.path)).collect()
        };
        assert_eq!(paths("exclude = ['attic', 'xep-*.xml']", &["r"]), ["r/inbox/new.xml"]);
        assert_eq!(paths("exclude = ['attic']", &["r/attic/old.xml"]), ["r/attic/old.xml"]);
        assert_eq!(paths("exclude = ['/attic', './xep-*.xml']", &["r"]), ["r/inbox/new.xml"]);
        for all in ["**", ".", "/"] {
            assert!(fault(&format!("exclude = ['{all}']")).contains("leaves out every XEP"), "{all}");
        }
    }

    #[test]
    fn what_nobody_understands_is_told_with_its_line_and_what_is_near() {
        let cases = [
            (
                "\n[rules]\ndead-lnk = 'off'",
                "`r/xep.toml`, line 3: there is no rule `dead-lnk`; did you mean `dead-link`?",
            ),
            ("[rules]\ndead-link = 'warn'", "line 2: `warn` is no severity; write `off`, `error`, `warning`, `info`"),
            ("[rules]\ndead-link = 'eror'", "did you mean `error`?"),
            ("[rules]\ndead-link = 1", "line 2: this integer is no severity"),
            ("[rule]\n", "line 1: `xep.toml` has no key `rule`; did you mean `rules`?"),
            ("profiles = ['openpgq']", "line 1: there is no profile `openpgq`; did you mean `openpgp`?"),
            ("pedantic = 'yes'", "`pedantic` is `true` or `false`"),
            ("exclude = 'a'", "`exclude` is a list of texts"),
            ("exclude = ['[']", "`[` is no pattern of paths"),
            ("\n[[override]]\nrules = {}", "this override has no `paths`"),
            ("[override]\n", "an override begins with `[[override]]`"),
            ("a = = 1", "line 1: "),
        ];
        for (text, expected) in cases {
            assert!(fault(text).contains(expected), "{text}: {}", fault(text));
        }
        assert_eq!(fault("a = 1\nb = 2\n").lines().count(), 2, "all is told at once");
    }
}
