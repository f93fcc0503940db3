//! Rust code, read just far enough to tell code, literals, comments and tests apart.

use std::ops::Range;

/// A file of Rust code.
#[derive(Clone)]
pub struct Code {
    /// The code. Comments and what stands in literals are spaces; lines and offsets are the file's own.
    code: String,
    /// Offset and text of every string literal.
    literals: Vec<(usize, String)>,
    /// Where tests stand.
    tests: Vec<Range<usize>>,
}

impl Code {
    /// Reads a file.
    pub fn new(text: &str) -> Code {
        let (code, literals) = scan(text);
        let tests = test_items(&code);
        Code { code, literals, tests }
    }

    /// Says that all of it is for tests.
    pub fn make_tests(&mut self) {
        self.tests = std::iter::once(0..self.code.len()).collect();
    }

    /// The names of the modules that are declared for tests only and stand in files of their own.
    pub fn test_modules(&self) -> Vec<String> {
        let items = self.tests.iter().filter_map(|range| self.code.get(range.clone())?.strip_suffix(';'));
        items.filter_map(|item| Some(item.rsplit_once("mod ")?.1.to_owned())).collect()
    }

    /// The same without tests.
    pub fn without_tests(&self) -> Code {
        let in_tests = |at: usize| self.tests.iter().any(|range| range.contains(&at));
        let keep = |(at, byte): (usize, u8)| if in_tests(at) && byte != b'\n' { b' ' } else { byte };
        let code = self.code.bytes().enumerate().map(keep).collect();
        let literals = self.literals.iter().filter(|(at, _)| !in_tests(*at)).cloned().collect();
        Code { code: String::from_utf8(code).unwrap(), literals, tests: Vec::new() }
    }

    /// Every string literal with its line.
    pub fn literals(&self) -> impl Iterator<Item = (usize, &str)> {
        self.literals.iter().map(|(at, text)| (self.line(*at), text.as_str()))
    }

    /// What follows `root::` in every path, with lines: one name, or each name of a group.
    pub fn heads(&self, root: &str) -> Vec<(usize, String)> {
        let mut heads = Vec::new();
        for (at, _) in self.code.match_indices(&format!("{root}::")) {
            let before = self.code[..at].chars().next_back();
            if before.is_some_and(|letter| letter.is_alphanumeric() || "_:$".contains(letter)) {
                continue;
            }
            let line = self.line(at);
            heads.extend(first_names(&self.code[at + root.len() + 2..]).into_iter().map(|name| (line, name)));
        }
        heads
    }

    /// What is reached by climbing to the root of the crate with `depth` times `super::`, with lines.
    pub fn climbs(&self, depth: usize) -> Vec<(usize, String)> {
        self.heads(&vec!["super"; depth].join("::"))
    }

    /// The lines in which `needle` stands.
    pub fn lines_with(&self, needle: &str) -> Vec<usize> {
        self.code.match_indices(needle).map(|(at, _)| self.line(at)).collect()
    }

    fn line(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }
}

/// The name that a path goes on with, or the first names of all paths in a group.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
    };
    let Some(group) = path.trim_start().strip_prefix('{') else { return vec![name(path)] };
    let mut names = vec![name(group)];
    let mut depth = 0;
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The ranges of all items under `#[cfg(test)]`.
fn test_items(code: &str) -> Vec<Range<usize>> {
    let begins = code.match_indices("#[cfg(test)]").map(|(at, _)| at);
    begins.filter_map(|at| Some(at..at + item_end(&code[at..])?)).collect()
}

/// Where the item that begins here ends: at its closing brace, or at a semicolon before any brace.
fn item_end(code: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, letter) in code.char_indices() {
        match letter {
            ';' if depth == 0 => return Some(at + 1),
            '{' => depth += 1,
            '}' if depth == 1 => return Some(at + 1),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Blanks comments and literals, and collects the strings.
fn scan(text: &str) -> (String, Vec<(usize, String)>) {
    let mut code = text.as_bytes().to_vec();
    let mut literals = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (skip, literal) = token(&text[at..], text[..at].chars().next_back());
        if let Some(inside) = &literal {
            literals.push((at, text[at + inside.start..at + inside.end].to_owned()));
        }
        let is_code = skip == 0;
        let end = at + skip.max(text[at..].chars().next().map_or(1, char::len_utf8));
        if !is_code {
            code[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
        at = end;
    }
    let code = code.iter().map(|byte| if byte.is_ascii() { *byte } else { b'x' }).collect();
    (String::from_utf8(code).unwrap(), literals)
}

/// How long the comment or literal is that begins here, or 0; of a string also where its text stands.
fn token(rest: &str, before: Option<char>) -> (usize, Option<Range<usize>>) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), None);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), None);
    }
    if rest.starts_with('"') {
        let end = string_end(rest);
        return (end, Some(1..end - 1));
    }
    if rest.starts_with('\'') {
        return (letter_literal(rest), None);
    }
    let begins_word = !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    match raw_string(rest.trim_start_matches('b')) {
        Some((end, inside)) if begins_word => {
            let prefix = rest.len() - rest.trim_start_matches('b').len();
            (prefix + end, Some(prefix + inside.start..prefix + inside.end))
        }
        _ => (0, None),
    }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match rest.as_bytes().get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn string_end(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// The length of `'a'` or `'\u{1b}'`; 0 for a lifetime.
fn letter_literal(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    match letters.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(0, |end| end + 4),
        _ => letters.next().filter(|(_, letter)| *letter == '\'').map_or(0, |(at, _)| at + 1),
    }
}

/// End of `r#"..."#`, and where its text stands.
fn raw_string(rest: &str) -> Option<(usize, Range<usize>)> {
    let hashes = rest.strip_prefix('r')?.bytes().take_while(|byte| *byte == b'#').count();
    let start = hashes + 2;
    let inside = rest.get(start - 1..)?.strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = start + inside.find(&close)?;
    Some((end + close.len(), start..end))
}

#[test]
fn comments_literals_and_tests_are_told_apart() {
    let code = Code::new(
        "use crate::{a::{b, c}, d};\n// crate::no \"no\"\nlet x = r#\"crate::\"no\"\"#; let y = '\"'; f::<'a>(\"yes\\\"\");\n\
         /* /* crate::no */ */ #[cfg(test)]\nmod tests { use crate::e; const A: &str = \"test\"; }\nuse crate::f; use super::super::g;",
    );
    let heads = |code: &Code| -> Vec<String> { code.heads("crate").into_iter().map(|(_, head)| head).collect() };
    assert_eq!(heads(&code), ["a", "d", "e", "f"]);
    assert_eq!(heads(&code.without_tests()), ["a", "d", "f"]);
    let literals: Vec<(usize, String)> =
        code.without_tests().literals().map(|(line, text)| (line, text.to_owned())).collect();
    assert_eq!(literals, [(3, "crate::\"no\"".to_owned()), (3, "yes\\\"".to_owned())]);
    assert_eq!(code.climbs(2), [(6, "g".to_owned())]);
    assert_eq!(code.climbs(3), []);
    assert_eq!(Code::new("#[cfg(test)]\n#[expect(x)]\npub mod corpus;\nmod other;").test_modules(), ["corpus"]);
}
