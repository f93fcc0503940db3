//! Characters that Markdown would take for marks.

/// Running text between marks: what stands before and after it decides about the characters at its ends.
pub(super) fn text(text: &str, before: Option<char>, after: Option<char>, in_link: bool) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (at, letter) in letters.iter().copied().enumerate() {
        let last = at.checked_sub(1).and_then(|at| letters.get(at)).copied().or(before);
        let next = letters.get(at + 1).copied().or(after);
        let rest = || letters.get(at + 1..).unwrap_or_default();
        let is_mark = match letter {
            '\\' | '`' => true,
            '*' => !(is_space(last) && is_space(next)) || last.is_none(),
            '_' => !(is_word(last) && is_word(next) || is_space(last) && is_space(next)),
            '[' => in_link || next == Some('^') || next == Some('['),
            ']' => in_link || matches!(next, Some('(' | '[' | ':')),
            '<' => next.is_none_or(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')),
            '!' => next == Some('['),
            '&' if begins_entity(rest()) => {
                out.push_str("&amp;");
                continue;
            }
            _ => false,
        };
        if is_mark {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

fn is_space(letter: Option<char>) -> bool {
    letter.is_none_or(char::is_whitespace)
}

fn is_word(letter: Option<char>) -> bool {
    letter.is_some_and(char::is_alphanumeric)
}

/// Whether what stands behind `&` makes it a reference.
fn begins_entity(rest: &[char]) -> bool {
    let length = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '#' | '-' | '_' | '.')).count();
    length > 0 && rest.get(length) == Some(&';')
}

/// The topic of a heading.
pub(super) fn heading(topic: &str) -> String {
    let escaped = text(topic, None, None, false);
    if escaped.ends_with('#') {
        let kept = escaped.get(..escaped.len() - 1).unwrap_or("");
        return format!("{kept}\\#");
    }
    match escaped.strip_suffix('}') {
        Some(kept) => format!("{kept}&#125;"),
        None => escaped,
    }
}

/// A line whose first word must not begin a block.
pub(super) fn line_start(line: &str) -> String {
    let word = line.split(' ').next().unwrap_or("");
    match mark_at_start(word).and_then(|at| line.split_at_checked(at)) {
        Some((before, after)) => format!("{before}\\{after}"),
        None => line.to_owned(),
    }
}

/// Where a word that would begin a block has its mark.
fn mark_at_start(word: &str) -> Option<usize> {
    let is_all = |mark: char| word.chars().all(|c| c == mark);
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let begins_list = digits > 0 && matches!(word.get(digits..), Some("." | ")"));
    match word.chars().next()? {
        '#' if is_all('#') => Some(0),
        '-' | '+' | '=' if is_all('-') || is_all('+') || is_all('=') => Some(0),
        '>' | '|' | ':' | '~' => Some(0),
        '*' if is_all('*') => Some(0),
        _ if begins_list => Some(digits),
        _ => None,
    }
}

/// Whether a word may stand at the beginning of a line that goes on with a paragraph.
pub(super) fn may_begin_line(word: &str) -> bool {
    let begins_block = ["-", "+", "#", ">", "=", "~", "|", ":", "```", "<"].iter().any(|mark| word.starts_with(mark));
    let is_address = word.starts_with("<http");
    !word.is_empty() && (!begins_block || is_address) && mark_at_start(word).is_none()
}

/// The target of a link.
pub(super) fn target(url: &str) -> String {
    let is_bare = !url.is_empty()
        && !url.starts_with('<')
        && url.chars().all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '(' | ')' | '\\'));
    if is_bare {
        return ampersands(url);
    }
    let mut escaped = String::with_capacity(url.len() + 2);
    for c in ampersands(url).chars() {
        if matches!(c, '<' | '>' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    format!("<{escaped}>")
}

/// A text in which no `&` begins a reference.
fn ampersands(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (at, letter) in letters.iter().enumerate() {
        out.push(*letter);
        if *letter == '&' && begins_entity(letters.get(at + 1..).unwrap_or_default()) {
            out.push_str("amp;");
        }
    }
    out
}

/// Code in running text, in as many backticks as it needs.
pub(super) fn code(code: &str) -> String {
    let marks = "`".repeat(longest_run(code, '`') + 1);
    let marks = if code.contains('`') { marks } else { "`".to_owned() };
    let is_padded = code.starts_with('`')
        || code.ends_with('`')
        || (code.starts_with(' ') && code.ends_with(' ') && !code.trim().is_empty());
    let pad = if is_padded { " " } else { "" };
    format!("{marks}{pad}{code}{pad}{marks}")
}

/// The length of the longest run of a character.
pub(super) fn longest_run(text: &str, mark: char) -> usize {
    text.split(|c| c != mark).map(str::len).max().unwrap_or(0)
}
