//! The program is killed at random moments while it checks, applies and undoes an import, and started again, on both databases:
//! in the end each book is the same, to the byte, as one without kills.
//!
//! `CARNET_TEST_KILLS` sets the number of kills, `CARNET_TEST_SEED` their moments.

use std::cell::{Cell, RefCell};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use futures_util::future::join_all;
use reqwest::Method;
use tokio::sync::Semaphore;

use crate::support::book::{Book, NAME, Phase, in_use, look, second_list, signed_in, until};
use crate::support::chance::Chance;
use crate::support::lists::{check, columns, confirm};
use crate::support::measured::print;
use crate::support::process::{Served, carnet};
use crate::support::{Backend, dump, left_out};

/// Kills if `CARNET_TEST_KILLS` is not set.
const KILLS: usize = 50;
/// The most kills of one book during its import, and during its undo; after them the program runs to the end.
const KILLS_A_STEP: usize = 4;
/// Books at the same time: most of them wait until a dead program's claim expires.
const BOOKS: usize = 10;
/// Programs that run at once.
const PROGRAMS: usize = 3;
/// How long the claim of a killed program lives.
const CLAIM: Duration = Duration::from_secs(6);

/// The durations and the final content of a book without kills.
struct Peace {
    took: Duration,
    undo_took: Duration,
    applied: Vec<String>,
    undone: Vec<String>,
}

/// The kind of the list during whose import the program is killed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Strict,
    /// The same people, separated by semicolons, by their columns. Its doubtful rows wait.
    Mapped,
    /// As [`Kind::Mapped`], by a profile that lets it go on without a question: the check counts the effects itself.
    Profile,
}

/// Data that all books share.
struct Trial {
    kind: Kind,
    list: String,
    wanted: usize,
    programs: Semaphore,
    kills: RefCell<Vec<Phase>>,
}

/// The kills of one book.
struct Fate {
    chance: Chance,
    /// How long the work takes in which the program is killed.
    took: Duration,
    left: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Import,
    Undo,
}

impl Trial {
    fn is_over(&self) -> bool {
        self.kills.borrow().len() >= self.wanted
    }

    fn count(&self, phase: Phase) -> usize {
        let kills = self.kills.borrow();
        kills.iter().filter(|kill| **kill == phase).count()
    }

    /// Takes a book through a step to its end, and kills the program on the way at the moments of `fate`.
    async fn go_through(&self, book: &Book, step: Step, fate: &mut Fate) {
        let mut dead = None;
        let mut begun = false;
        loop {
            let program = self.programs.acquire().await.unwrap();
            let served = start(book).await;
            if !begun {
                self.begin(step, &served, book).await;
                begun = true;
            }
            let working = until(&book.url, |look| look.phase.is_none() || look.claim != dead).await;
            match working.phase {
                Some(_) if fate.left == 0 || self.is_over() => {
                    until(&book.url, |look| look.phase.is_none()).await;
                }
                Some(phase) => tokio::time::sleep(fate.moment(phase)).await,
                None => {
                    until(&book.url, |look| !look.job).await;
                }
            }
            let at_rest = look(&book.url).phase.is_none();
            if at_rest {
                finds_and_does_not_find(&served, step).await;
            }
            drop(served);
            drop(program);
            let left = look(&book.url);
            match left.phase {
                None if !left.job => return,
                Some(phase) if left.claim == working.claim => {
                    self.kills.borrow_mut().push(phase);
                    fate.left = fate.left.saturating_sub(1);
                }
                // The work was done and its job not yet removed, or another program had the job.
                None | Some(_) => {}
            }
            dead = left.claim;
            // Otherwise the next program finds a claim that has not expired.
            if !fate.chance.one_in(5) {
                tokio::time::sleep(CLAIM).await;
            }
        }
    }

    /// Starts the import by the command, which does not ask about doubtful rows, and kills it once the import is stored.
    async fn begin_by_command(&self, book: &Book) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("liste.csv");
        std::fs::write(&file, &self.list).unwrap();
        let mut command = carnet(&["import", "--profile", "Mensuel", "--on-error", "import-valid"]);
        command.args(["--name", NAME, "--database-url", &book.url]).arg(&file);
        let mut command = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until(&book.url, |look| look.import > 0).await;
        command.kill().unwrap();
        command.wait().unwrap();
    }

    /// Sends the form, whose answer may never come, and waits until the work is stored.
    async fn begin(&self, step: Step, served: &Served, book: &Book) {
        if self.kind == Kind::Profile && step == Step::Import {
            return self.begin_by_command(book).await;
        }
        let alice = signed_in(served).await;
        let request = match step {
            Step::Import if self.kind == Kind::Mapped => {
                let page = columns(&alice, NAME, self.list.as_bytes()).await;
                let page = check(&alice, &page, &[]).await;
                let form = page.form("form[action$='/confirm']");
                alice.raw(Method::POST, &form.action).form(&form.fields)
            }
            Step::Import => {
                alice.upload_request(NAME, self.list.as_bytes(), &[("on_error", "import_valid")]).await
            }
            Step::Undo => {
                let path = format!("/imports/{}", look(&book.url).import);
                let token = alice.get(&path).await.csrf();
                let request = alice.raw(Method::POST, &format!("{path}/undo"));
                request.form(&[("csrf", token)])
            }
        };
        actix_web::rt::spawn(request.send());
        until(&book.url, |look| match step {
            Step::Import if self.kind == Kind::Mapped => look.phase.is_some() || look.took.is_some(),
            Step::Import => look.import > 0,
            Step::Undo => look.undo,
        })
        .await;
    }

    /// A book whose program is not killed.
    async fn in_peace(&self, template: &Book) -> Peace {
        let book = template.copy();
        let mut fate = Fate { chance: Chance(0), took: Duration::ZERO, left: 0 };
        self.go_through(&book, Step::Import, &mut fate).await;
        let applied = dumped(&book).await;
        let took = look(&book.url).took.unwrap();
        assert!(applied.len() > self.list.lines().count(), "the whole book is compared");
        let undoing = Instant::now();
        self.go_through(&book, Step::Undo, &mut fate).await;
        let undone = dumped(&book).await;
        Peace { took, undo_took: undoing.elapsed(), applied, undone }
    }

    /// A book whose program is killed.
    async fn in_trouble(&self, template: &Book, peace: &Peace, chance: Chance) {
        let book = template.copy();
        let mut fate = Fate { chance, took: peace.took, left: KILLS_A_STEP };
        self.go_through(&book, Step::Import, &mut fate).await;
        if self.kind != Kind::Strict {
            let url = book.url.clone();
            tokio::task::spawn_blocking(move || dump::sweep(&url, KILLS_A_STEP)).await.unwrap();
        }
        same(&peace.applied, &dumped(&book).await, &book);
        fate.took = peace.undo_took;
        fate.left = KILLS_A_STEP;
        self.go_through(&book, Step::Undo, &mut fate).await;
        same(&peace.undone, &dumped(&book).await, &book);
    }
}

impl Fate {
    /// The time until the next kill: often short, so that a book is hit many times, otherwise anywhere. A check that is resumed
    /// starts with reading the list again.
    fn moment(&mut self, phase: Phase) -> Duration {
        let soon = if phase == Phase::Check { 0.05 } else { 0.25 };
        let share = [soon, 2.0 * soon, 0.9][usize::try_from(self.chance.next() % 3).unwrap()];
        self.chance.within(self.took.mul_f64(share))
    }
}

async fn start(book: &Book) -> Served {
    let url = book.url.clone();
    tokio::task::spawn_blocking(move || Served::on(&url, "127.0.0.1:0")).await.unwrap()
}

async fn finds_and_does_not_find(served: &Served, step: Step) {
    let alice = signed_in(served).await;
    let is_in = step == Step::Import;
    for (search, found) in [
        ("N10004", is_in),
        ("N00100+eau", is_in),
        ("N00100+voirie", !is_in),
        ("N02003+voirie", true),
        ("refus103", false),
    ] {
        let page = alice.get(&format!("/contacts?q={search}")).await;
        let rows = page.select("tbody tr").len();
        assert_eq!(rows, usize::from(found), "{search}");
    }
}

async fn dumped(book: &Book) -> Vec<String> {
    let url = book.url.clone();
    tokio::task::spawn_blocking(move || {
        dump::hold_together(&url);
        dump::dump(&url)
    })
    .await
    .unwrap()
}

fn same(peace: &[String], trouble: &[String], book: &Book) {
    let differs = peace.iter().zip(trouble).find(|(left, right)| left != right);
    assert_eq!(differs, None, "{}", book.url);
    assert_eq!(peace.len(), trouble.len(), "{}", book.url);
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
fn a_program_that_is_killed_at_any_moment_leaves_the_book_that_one_in_peace_leaves() {
    let trial = killed(Kind::Strict, second_list());
    assert!(trial.count(Phase::Check) > 0, "no kill hit a check");
}

#[test]
fn a_program_that_is_killed_during_a_mapped_import_leaves_the_book_that_one_in_peace_leaves() {
    // Such an import is slower, so a part of the list takes as long.
    let list: Vec<String> = second_list().lines().take(3_000).map(|line| line.replace(',', ";")).collect();
    killed(Kind::Mapped, list.join("\n"));
}

#[test]
fn a_program_that_is_killed_during_an_import_by_a_profile_leaves_the_book_that_one_in_peace_leaves() {
    let list: Vec<String> = second_list().lines().take(3_000).map(|line| line.replace(',', ";")).collect();
    let trial = killed(Kind::Profile, format!("{HEADINGS}\n{}", list.join("\n")));
    assert!(trial.count(Phase::Check) > 0, "no kill hit a check");
}

/// The headings of the list that a profile reads.
const HEADINGS: &str = "Civilité;Prénom;Nom;E-mail;Service;Téléphone;Adresse;Ville";

/// Keeps a profile for [`HEADINGS`] that asks nothing.
async fn keep_a_profile(book: &Book) {
    let mut served = start(book).await;
    let alice = signed_in(&served).await;
    let model = format!("{HEADINGS}\nM.;Modèle;Profil;modele@profil.example;;;;Lyon\n");
    let page = columns(&alice, "modele", model).await;
    let page = check(&alice, &page, &[("profile_name", Some("Mensuel"))]).await;
    confirm(&alice, &page).await;
    let path = alice.get("/import-profiles").await.attributes("tbody th a", "href").remove(0);
    let page = alice.get(&path).await;
    let wide = [("bound_changed", Some("100")), ("bound_emptied", Some("100")), ("apply", Some("on"))];
    let saved = alice.submit(&page, "main form.card", &wide).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    served.signal("TERM");
    assert!(served.ended_within(Duration::from_secs(10)).success());
}

fn killed(kind: Kind, list: String) -> Trial {
    let wanted = number("CARNET_TEST_KILLS").map_or(KILLS, |kills| usize::try_from(kills).unwrap());
    let seed = number("CARNET_TEST_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        now.unwrap().subsec_nanos().into()
    });
    print(&format!("{wanted} kills, CARNET_TEST_SEED={seed}"));
    let trial = Trial { kind, list, wanted, programs: Semaphore::new(PROGRAMS), kills: RefCell::default() };
    let begun = Instant::now();
    let books = actix_web::rt::System::new().block_on(async {
        let templates = join_all([Backend::Sqlite, Backend::Postgres].map(in_use)).await;
        let templates: Vec<Book> = templates.into_iter().flatten().collect();
        if kind == Kind::Profile {
            join_all(templates.iter().map(keep_a_profile)).await;
        }
        if templates.len() < 2 {
            left_out("PostgreSQL");
        }
        let peace = join_all(templates.iter().map(|template| trial.in_peace(template))).await;
        let books = Cell::new(0);
        let side = |index: usize| {
            let (trial, books, chosen) = (&trial, &books, index % templates.len());
            let (template, peace) = (&templates[chosen], &peace[chosen]);
            async move {
                while !trial.is_over() {
                    books.set(books.get() + 1);
                    let chance = Chance(seed.wrapping_add(books.get()));
                    trial.in_trouble(template, peace, chance).await;
                }
            }
        };
        join_all((0..BOOKS).map(side)).await;
        books.get()
    });
    print(&format!(
        "{} kills in {books} books: {} while checking, {} while applying, {} while undoing; {} s; CARNET_TEST_SEED={seed}",
        trial.kills.borrow().len(),
        trial.count(Phase::Check),
        trial.count(Phase::Apply),
        trial.count(Phase::Undo),
        begun.elapsed().as_secs()
    ));
    assert!(trial.count(Phase::Apply) > 0, "no kill hit an import that was applied");
    assert!(trial.count(Phase::Undo) > 0, "no kill hit an undoing");
    trial
}

/// A list of which one line is rejected.
const TO_FIX: &str = "M.,Anne,Zola,anne@fixe.example,,,,Lyon\nM.,Marc,Fixe,marc@,,,,Lyon\n";

#[test]
fn a_program_that_is_killed_while_a_line_is_fixed_has_fixed_it_once_or_not_at_all() {
    let kills = number("CARNET_TEST_KILLS").map_or(KILLS, |kills| usize::try_from(kills).unwrap());
    let seed = number("CARNET_TEST_SEED").unwrap_or(7);
    print(&format!("{kills} kills, CARNET_TEST_SEED={seed}"));
    actix_web::rt::System::new().block_on(async {
        for backend in [Backend::Sqlite, Backend::Postgres] {
            let Some(book) = in_use(backend).await else {
                left_out("PostgreSQL");
                continue;
            };
            kill_while_fixing(&book, kills.div_ceil(2), Chance(seed)).await;
        }
    });
}

async fn kill_while_fixing(book: &Book, kills: usize, mut chance: Chance) {
    let mut fixed = 0;
    for kill in 0..kills {
        let served = start(book).await;
        let alice = signed_in(&served).await;
        let path = alice.upload(&format!("fixe{kill}"), TO_FIX, true).await.location();
        alice.at_rest(&path).await;
        let form = alice.get(&format!("{path}/lines")).await.form("form#lines");
        let email = format!("marc{kill}@fixe.example");
        let cell = |(name, value): &(String, String)| {
            (name.clone(), if name == "cell_2_4" { email.clone() } else { value.clone() })
        };
        let fields: Vec<(String, String)> = form.fields.iter().map(cell).collect();
        actix_web::rt::spawn(alice.raw(Method::POST, &form.action).form(&fields).send());
        tokio::time::sleep(chance.within(Duration::from_millis(40))).await;
        drop(served);

        let served = start(book).await;
        let alice = signed_in(&served).await;
        let is_there = async || alice.get(&format!("/contacts?q={email}")).await.select("tbody th a").len();
        let is_rejected = async || !alice.get(&path).await.select("a[href$='/lines']").is_empty();
        let was_fixed = is_there().await == 1;
        assert_ne!(was_fixed, is_rejected().await, "kill {kill}: the line is fixed, or it is still rejected");
        fixed += usize::from(was_fixed);
        let again = alice.raw(Method::POST, &form.action);
        let token = alice.get(&path).await.csrf();
        let fields = fields
            .iter()
            .map(|(name, value)| (name.clone(), if name == "csrf" { token.clone() } else { value.clone() }));
        again.form(&fields.collect::<Vec<_>>()).send().await.unwrap();
        assert_eq!((is_there().await, is_rejected().await), (1, false), "kill {kill}: sent again");
        drop(served);
        let url = book.url.clone();
        tokio::task::spawn_blocking(move || dump::hold_together(&url)).await.unwrap();
    }
    print(&format!("{kills} kills while a line was fixed, {fixed} of them after it was"));
}
