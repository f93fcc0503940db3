//! A progress bar on standard error.

use crate::workspace::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar with count and file; nothing where standard error is no terminal.
pub(super) struct Bar(Option<ProgressBar>);

impl Bar {
    /// A bar, shown or not.
    pub(super) fn new(is_shown: bool) -> Bar {
        Bar(is_shown.then(|| {
            let bar = ProgressBar::hidden();
            bar.set_draw_target(ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        }))
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.0.iter().for_each(ProgressBar::finish_and_clear);
    }
}

impl Progress for Bar {
    fn start(&self, total: usize) {
        self.0.iter().for_each(|bar| bar.set_length(total as u64));
    }

    fn done(&self, path: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(path.to_owned());
            bar.inc(1);
        }
    }
}
