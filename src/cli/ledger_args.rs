//! What a user types about the ledger.

use crate::outcome::Post;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The ledger of a run over claims.
#[derive(Args)]
pub struct LedgerOptions {
    /// The nightly ledger: past nights' lines use up units, and this night's are posted to it. Made
    /// where it is not there
    #[arg(long, value_name = "FILE", help_heading = "Ledger")]
    pub ledger: Option<PathBuf>,
    /// Which claims of this run use up the year
    #[arg(
        long,
        value_name = "CLAIMS",
        default_value = "released",
        requires = "ledger",
        help_heading = "Ledger"
    )]
    pub post: PostArg,
    /// Change nothing in the ledger; say what would be posted
    #[arg(long, requires = "ledger", help_heading = "Ledger")]
    pub dry_run: bool,
    /// Wait so long for another run that has the ledger
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        requires = "ledger",
        help_heading = "Ledger"
    )]
    pub wait: u64,
}

/// `--post`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PostArg {
    /// Claims that the run releases
    Released,
    /// All claims, held ones too
    All,
    /// None; the files count as seen
    None,
}

impl From<PostArg> for Post {
    fn from(post: PostArg) -> Post {
        match post {
            PostArg::Released => Post::Released,
            PostArg::All => Post::All,
            PostArg::None => Post::None,
        }
    }
}
