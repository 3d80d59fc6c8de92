//! Builds the server. This is the one place that orders the middleware.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_session::SessionMiddleware;
use actix_session::config::{BrowserSession, CookieContentSecurity};
use actix_web::cookie::{Key, SameSite};
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpResponse, web};
use anyhow::Context as _;
use chrono::TimeDelta;

use super::{background, demo, metrics_endpoint};
use crate::accounts::keys::{Pace, Uses};
use crate::accounts::{self, CompanySignIn, Passwords, Provider};
use crate::base::random::random_hex;
use crate::base::stop::Stop;
use crate::book::{counts, search};
use crate::changes::Newcomers;
use crate::config::{DatabaseUrl, ServeArgs};
use crate::db::nodes::Membership;
use crate::db::sessions::DbSessionStore;
use crate::db::waiting::Number;
use crate::db::{Db, rewrite_once, settings};
use crate::error::AppError;
use crate::export::{self, EmergencyCopies};
use crate::jobs::{self, JobFailures, JobSignal};
use crate::settings::{CompanyFacts, CopiesFacts, Installation};
use crate::web::bodies::Bodies;
use crate::web::concurrency_limit::{self, Places};
use crate::web::connections::{self, Connections};
use crate::web::csrf::{self, cookie_name};
use crate::web::host::{self, Hosts};
use crate::web::problem::API;
use crate::web::settings::Settings;
use crate::web::shutdown_responder::turn_away;
use crate::web::{
    Access, Routes, assets, error_pages, health, page, request_log, require_length, security_headers, server,
};
use crate::{
    absences, api, audit_log, book, bulk_edit, contact_types, contacts, duplicates, erasure, external_ids,
    favourites, imports, notes, organizations, reports, saved_filters, waiting, webhooks,
};

/// At shutdown: how long accepted connections have to send their request.
const ACCEPTED: Duration = Duration::from_millis(500);
/// At shutdown: how many seconds running requests have to end; an answer that waits for an import takes two.
const LAST_REQUESTS: u64 = 3;
/// At shutdown: how long a job's last transaction has after that. If it is cut off, it is rolled back, and its claim expires.
const LAST_TRANSACTION: Duration = Duration::from_secs(5);

/// The numbers of the menu.
static NUMBERS: [Number; 7] = [
    imports::WAITING,
    imports::reviews::WAITING,
    duplicates::WAITING,
    contacts::verification::WAITING,
    book::reports::WAITING,
    webhooks::WAITING,
    waiting::RESTORED,
];

/// A server that listens but does not answer yet.
pub struct Application {
    address: SocketAddr,
    /// For connections that arrive during the shutdown.
    late: TcpListener,
    server: Server,
    jobs: (Db, JobSignal, JobFailures),
    membership: Membership,
    uses: Uses,
    sender: webhooks::Sender,
    keep_import_files: TimeDelta,
    emergency_copies: Option<EmergencyCopies>,
    setup_code: Option<String>,
    demo: Option<demo::Demo>,
    metrics: Option<(SocketAddr, Server)>,
}

impl Application {
    /// # Errors
    /// The failure and what to check: the database, or the address to listen on.
    pub async fn build(arguments: &ServeArgs) -> anyhow::Result<Self> {
        let (url, demo) = if arguments.demo {
            let demo = demo::Demo::prepare()?;
            (demo.database_url(), Some(demo))
        } else {
            (arguments.database.url()?, None)
        };
        let emergency_copies = match &arguments.emergency_copy {
            Some(folder) => {
                let keep = usize::from(arguments.keep_emergency_copies);
                Some(EmergencyCopies::new(folder, keep)?)
            }
            None => None,
        };
        let company = arguments.company.parse(arguments.public_url.as_ref())?;
        let company_facts = company.as_ref().map(|company| CompanyFacts {
            issuer: company.issuer.clone(),
            roles_claim: company.roles_claim.clone(),
        });
        let company = CompanySignIn(company.map(Provider::new).transpose()?);
        let backs_up_itself = matches!(url, DatabaseUrl::Sqlite(_));
        let db = open(url.clone()).await?;
        tokio::task::spawn_blocking(move || rewrite_once(&url)).await??;
        if let Some(demo) = &demo {
            demo.fill(&db).await?;
        }
        let cookie_key =
            db.write(|conn| settings::get_or_insert(conn, settings::COOKIE_KEY, &random_hex::<64>())).await?;
        db.write(settings::book_id).await?;
        db.write(waiting::move_in).await?;
        let membership = Membership::join(&db).await?;
        let settings = Settings {
            secure_cookies: arguments.public_url.as_ref().is_some_and(|url| url.scheme() == "https"),
            trusted_proxies: arguments.trusted_proxies.clone(),
            max_upload: arguments.max_upload_mib * 1024 * 1024,
        };
        let listener = server::listen(arguments.listen).with_context(|| {
            format!(
                "the address {} is taken or does not belong to this host; choose another with --listen ADDRESS:PORT",
                arguments.listen
            )
        })?;
        let address = listener.local_addr()?;
        // After the port is bound: a second start that fails must not replace the code of the first.
        let setup_code = db.write(accounts::prepare_code).await?;
        let bell = JobSignal::default();
        let troubles = JobFailures::default();
        let late = listener.try_clone()?;
        let hosts = Hosts::new(arguments.public_url.as_ref(), address);
        let metrics = match arguments.metrics_listen {
            Some(address) => Some(metrics_endpoint::serve(address, &db)?),
            None => None,
        };
        let installation = Installation {
            backs_up_itself,
            company: company_facts,
            metrics: metrics.as_ref().map(|(address, _)| *address),
            emergency_copies: arguments.emergency_copy.clone().map(|folder| CopiesFacts {
                folder,
                keep: arguments.keep_emergency_copies,
                latest: export::latest_copy,
            }),
        };
        let uses = Uses::default();
        let sender = webhooks::Sender::new(webhooks::Receivers::new(&arguments.webhook_hosts));
        let server = serve(
            listener,
            &db,
            (&bell, &troubles),
            (settings, hosts, installation),
            company,
            &cookie_key,
            (Pace::new(arguments.requests_per_key), &uses, &sender),
        )?;
        Ok(Self {
            address,
            late,
            server,
            metrics,
            jobs: (db, bell, troubles),
            membership,
            uses,
            sender,
            keep_import_files: TimeDelta::days(i64::from(arguments.keep_import_files)),
            emergency_copies,
            setup_code,
            demo,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the one-time code for `/setup`, while there is no account.
    pub fn setup_code(&self) -> Option<&str> {
        self.setup_code.as_deref()
    }

    /// Prints the addresses on standard output.
    pub fn announce(&self) {
        self.announce_pages();
        if let Some((address, _)) = &self.metrics {
            println!("Metrics at http://{address}/metrics");
        }
    }

    fn announce_pages(&self) {
        let address = self.address;
        if let Some(demo) = &self.demo {
            demo.announce(address);
            return;
        }
        match &self.setup_code {
            Some(code) => {
                println!("Carnet is ready. Create the administrator at http://{address}/setup");
                println!("with this single-use code: {code}");
            }
            None => println!("Carnet is ready at http://{address}/"),
        }
    }

    /// Serves, and works on jobs, until SIGTERM or Ctrl-C. A running job stops after its current transaction, and the next
    /// start can claim it.
    ///
    /// # Errors
    /// The server can no longer listen.
    pub async fn run_until_stopped(self) -> std::io::Result<()> {
        let (db, bell, troubles) = self.jobs;
        let ended = Stop::default();
        let membership = tokio::spawn(self.membership.keep_up(ended.clone()));
        tokio::spawn(counts::keep_folded(db.clone(), ended.clone()));
        let uses = tokio::spawn(self.uses.keep_stored(db.clone(), ended.clone()));
        let deliveries = tokio::spawn(webhooks::keep_delivering(db.clone(), self.sender, ended.clone()));
        let dropper = tokio::spawn(imports::drop_files(db.clone(), self.keep_import_files));
        let stop = Stop::at_signals();
        if let Some(copies) = self.emergency_copies {
            tokio::spawn(copies.keep_up(db.clone(), stop.clone()));
        }
        let worker = tokio::spawn(jobs::work(db, background::handlers(), (bell, troubles), stop.clone()));
        let closing = Stop::default();
        let turning_away =
            tokio::spawn(close(self.server.handle(), self.late, (stop.clone(), closing.clone())));
        let metrics = self.metrics.map(|(_, server)| tokio::spawn(server));
        let result = self.server.await;
        dropper.abort();
        if let Some(metrics) = metrics {
            metrics.abort();
        }
        stop.ask();
        if tokio::time::timeout(LAST_TRANSACTION, worker).await.is_err() {
            tracing::warn!("the process ends during a job's transaction, which is rolled back");
        }
        ended.ask();
        let _ = membership.await;
        let _ = uses.await;
        let _ = deliveries.await;
        closing.ask();
        let _ = turning_away.await;
        result
    }
}

/// Stops the server once `stop` is asked for; until `closing` is, new connections get an answer.
async fn close(server: ServerHandle, late: TcpListener, (stop, closing): (Stop, Stop)) {
    stop.asked().await;
    server.pause().await;
    let turning_away = tokio::task::spawn_blocking(move || turn_away(&late, &closing));
    // An immediate stop would drop connections that are accepted but not yet read.
    tokio::time::sleep(ACCEPTED).await;
    server.stop(true).await;
    let _ = turning_away.await;
}

/// Opens the book, migrated to this version's schema.
pub async fn open(url: DatabaseUrl) -> anyhow::Result<Db> {
    tokio::task::spawn_blocking(move || {
        let db = Db::open(&url)?;
        search::complete(&db)?;
        Ok(db)
    })
    .await?
}

fn serve(
    listener: TcpListener,
    db: &Db,
    (bell, troubles): (&JobSignal, &JobFailures),
    (settings, hosts, installation): (Settings, Hosts, Installation),
    company: CompanySignIn,
    cookie_key: &str,
    (pace, uses, sender): (Pace, &Uses, &webhooks::Sender),
) -> anyhow::Result<Server> {
    let passwords = web::Data::new(Passwords::new(hosts.public()));
    let db = web::Data::new(db.clone());
    let bell = web::Data::new(bell.clone());
    let troubles = web::Data::new(troubles.clone());
    let settings = web::Data::new(settings);
    let hosts = web::Data::new(hosts);
    let installation = web::Data::new(installation);
    let company = web::Data::new(company);
    let key = web::Data::new(Key::derive_from(cookie_key.as_bytes()));
    let newcomers = web::Data::new(Newcomers::new(db.get_ref().clone()));
    let places = web::Data::new(Places::default());
    let pace = web::Data::new(pace);
    let uses = web::Data::new(uses.clone());
    let sender = web::Data::new(sender.clone());
    let bodies = web::Data::new(Bodies::new(connections::MOST));
    let open = Connections::new(settings.trusted_proxies.clone());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let server = server::serve(listener, &open, (workers, LAST_REQUESTS), move || {
        let sessions = DbSessionStore { db: db.get_ref().clone(), numbers: &NUMBERS };
        let sessions = SessionMiddleware::builder(sessions, key.get_ref().clone())
            .cookie_name(cookie_name("carnet_session", settings.secure_cookies))
            .cookie_secure(settings.secure_cookies)
            .cookie_same_site(SameSite::Lax)
            .cookie_content_security(CookieContentSecurity::Signed)
            .session_lifecycle(BrowserSession::default())
            .build();
        // The middleware wrapped last runs first.
        let programs = web::scope(API)
            .configure(|config| api_routes().register(config))
            .default_service(web::to(HttpResponse::NotFound))
            .wrap(from_fn(api::check_parameters))
            .wrap(from_fn(accounts::keys::authenticate))
            .wrap(from_fn(host::check));
        let pages = web::scope("")
            .configure(|config| routes().register(config))
            .default_service(web::to(HttpResponse::NotFound))
            .wrap(from_fn(accounts::authenticate))
            .wrap(from_fn(csrf::protect))
            .wrap(sessions)
            .wrap(from_fn(host::check));
        App::new()
            .app_data(db.clone())
            .app_data(bell.clone())
            .app_data(troubles.clone())
            .app_data(settings.clone())
            .app_data(hosts.clone())
            .app_data(installation.clone())
            .app_data(company.clone())
            .app_data(key.clone())
            .app_data(places.clone())
            .app_data(bodies.clone())
            .app_data(passwords.clone())
            .app_data(pace.clone())
            .app_data(uses.clone())
            .app_data(newcomers.clone())
            .app_data(sender.clone())
            .app_data(web::PathConfig::default().error_handler(|_, _| AppError::NotFound.into()))
            .app_data(
                web::QueryConfig::default()
                    .error_handler(|_, _| AppError::BadRequest("a damaged query").into()),
            )
            .route("/static/{hash}/{name}", web::get().to(assets::show))
            .route("/healthz", web::get().to(health::alive))
            .route("/healthz", web::head().to(health::alive))
            .route("/readyz", web::get().to(health::ready))
            .route("/readyz", web::head().to(health::ready))
            .service(programs)
            .service(pages)
            .wrap(from_fn(error_pages::render))
            .wrap(Compress::default())
            .wrap(from_fn(concurrency_limit::limit))
            .wrap(from_fn(require_length::require))
            .wrap(from_fn(security_headers::add))
            .wrap(from_fn(request_log::observe))
            .wrap(from_fn(connections::watch))
    })?;
    Ok(server)
}

/// Returns every route with its access rule. If two patterns match a path, the one registered first answers:
/// `/contacts/{id}` comes after the fixed words that it would match.
pub fn routes() -> Routes {
    let mut routes = Routes::new(accounts::doors());
    routes.at("/").get(Access::SignedIn, home);
    for register in [
        accounts::routes,
        saved_filters::routes,
        bulk_edit::routes,
        export::routes,
        erasure::routes,
        favourites::routes,
        absences::routes,
        external_ids::routes,
        contacts::routes,
        contact_types::routes,
        duplicates::routes,
        notes::routes,
        reports::routes,
        waiting::routes,
        organizations::routes,
        imports::routes,
        audit_log::routes,
        api::page_routes,
        webhooks::routes,
        crate::settings::routes,
    ] {
        register(&mut routes);
    }
    routes
}

/// Returns every route of the API, as [`routes`] does for the pages.
pub fn api_routes() -> Routes {
    let mut routes = Routes::within(API, accounts::doors());
    api::routes(&mut routes);
    routes
}

async fn home() -> HttpResponse {
    page::see_other("/contacts")
}
