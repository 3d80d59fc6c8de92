use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use carnet::accounts::{self, Profile};
use carnet::app::serve::Application;
use carnet::config::{Cli, DatabaseUrl};
use carnet::db::Db;
use carnet::domain::{Role, Username};
use carnet::error::AppError;
use clap::Parser as _;
use diesel::connection::SimpleConnection as _;
use tempfile::TempDir;

use super::{Client, postgres};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// The password of all accounts in the tests.
pub const PASSWORD: &str = "correct horse battery";

/// A server of its own on a database of its own.
pub struct TestApp {
    pub address: SocketAddr,
    pub database_url: String,
    /// The server's database, by the same kind of connection.
    pub db: Db,
    pub setup_code: Option<String>,
    _folder: TempDir,
}

/// The number of tests that this machine could not run.
static LEFT_OUT: AtomicUsize = AtomicUsize::new(0);

/// Reports that a test is left out because `what` is missing; with `CARNET_TEST_ALL` that is a failure.
pub fn left_out(what: &str) {
    use std::io::Write as _;
    assert!(std::env::var_os("CARNET_TEST_ALL").is_none(), "CARNET_TEST_ALL is set, and there is no {what}");
    let count = LEFT_OUT.fetch_add(1, Ordering::Relaxed) + 1;
    // Not eprintln!, which the test runner would capture.
    let _ = writeln!(std::io::stderr(), "left out for want of {what} ({count} left out so far)");
}

/// An empty database with its folder; `None` if there is no such database, and the test is left out.
pub fn database(backend: Backend) -> Option<(String, TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let url = match backend {
        Backend::Sqlite => Some(format!("sqlite://{}", folder.path().join("carnet.db").display())),
        Backend::Postgres => postgres::fresh_schema(),
    };
    if url.is_none() {
        left_out("PostgreSQL");
    }
    Some((url?, folder))
}

/// Runs a test with a new server, or leaves it out.
pub fn with_app<F, Fut>(backend: Backend, test: F)
where
    F: FnOnce(TestApp) -> Fut,
    Fut: Future<Output = ()>,
{
    with_app_and(backend, &[], test);
}

/// As [`with_app`], with further options.
pub fn with_app_and<F, Fut>(backend: Backend, options: &[&str], test: F)
where
    F: FnOnce(TestApp) -> Fut,
    Fut: Future<Output = ()>,
{
    let Some((database_url, folder)) = database(backend) else {
        return;
    };
    actix_web::rt::System::new().block_on(async {
        test(TestApp::start(database_url, folder, options).await).await;
    });
}

impl TestApp {
    /// Starts a server with further options on a database.
    pub async fn start(database_url: String, folder: TempDir, options: &[&str]) -> Self {
        let mut arguments =
            vec!["carnet", "serve", "--listen", "127.0.0.1:0", "--database-url", &database_url];
        arguments.extend(options);
        let Some(carnet::config::Command::Serve(arguments)) = Cli::parse_from(arguments).command else {
            unreachable!("the command is serve")
        };
        let application = Application::build(&arguments).await.unwrap();
        let address = application.address();
        let setup_code = application.setup_code().map(str::to_owned);
        actix_web::rt::spawn(application.run_until_stopped());
        let db = Db::open(&DatabaseUrl::parse(&database_url).unwrap()).unwrap();
        Self { address, database_url, db, setup_code, _folder: folder }
    }

    /// A browser in which nobody is signed in.
    pub fn stranger(&self) -> Client {
        Client::new(self.address)
    }

    /// Signs in as the fixed person of a role: Alice is a coordinator, Bob an agent, Charlie an administrator.
    pub async fn sign_in(&self, role: Role) -> Client {
        let name = person(role);
        self.add_account(name, role).await;
        let client = self.stranger();
        client.sign_in(name, PASSWORD).await;
        client
    }

    pub async fn coordinator(&self) -> Client {
        self.sign_in(Role::Coordinator).await
    }

    pub async fn agent(&self) -> Client {
        self.sign_in(Role::Agent).await
    }

    pub async fn administrator(&self) -> Client {
        self.sign_in(Role::Administrator).await
    }

    /// Makes every attempt to add a contact fail, or no longer.
    pub async fn refuse_new_contacts(&self, on: bool) {
        let sql = match (on, self.database_url.starts_with("sqlite")) {
            (true, true) => {
                "CREATE TRIGGER fails BEFORE INSERT ON contacts BEGIN SELECT RAISE(ABORT, 'no'); END"
            }
            (true, false) => {
                "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
                 CREATE TRIGGER fails BEFORE INSERT ON contacts EXECUTE FUNCTION fails()"
            }
            (false, true) => "DROP TRIGGER fails",
            (false, false) => "DROP TRIGGER fails ON contacts",
        };
        self.db.write(move |conn| Ok(conn.batch_execute(sql)?)).await.unwrap();
    }

    /// Adds an account with [`PASSWORD`], unless it exists.
    pub async fn add_account(&self, name: &str, role: Role) {
        let name = Username::parse(name).unwrap();
        let added = self
            .db
            .write(move |conn| accounts::insert_account(conn, &name, role, &Profile::default(), PASSWORD))
            .await;
        assert!(matches!(added, Ok(_) | Err(AppError::Taken(_))), "{added:?}");
    }
}

pub fn person(role: Role) -> &'static str {
    match role {
        Role::Coordinator => "alice",
        Role::Agent => "bob",
        Role::Administrator => "charlie",
    }
}
