//! Signing in with the company's account, at a real OpenID Connect provider on loopback.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use reqwest::Method;
use reqwest::redirect::Policy;
use scraper::{Html, Selector};
use serde_json::{Value, json};
use url::Url;

use crate::support::{Client, PASSWORD, Page, TestApp, code, installed, left_out, plain_client, stderr};

const SECRET: &str = "a-secret-of-the-company-that-is-long-enough";
const RETURN: &str = "/login/company/return";
/// Without a port, because the server is not started yet: the tests use the path of the redirect only.
const PUBLIC: &str = "http://127.0.0.1";

/// The provider as a process, which ends when the value is dropped.
struct Provider {
    process: Child,
    /// Kept open: the provider prints more later, and would end without a reader.
    _output: BufReader<ChildStdout>,
    issuer: String,
    http: reqwest::Client,
}

impl Provider {
    /// `None` if node or its modules are not installed, which is reported.
    fn start() -> Option<Self> {
        Self::start_at("0", false)
    }

    /// A provider that `conforms` gives groups and names only in answer to the access token.
    fn start_at(port: &str, conforms: bool) -> Option<Self> {
        let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools");
        let module = format!("{tools}/node_modules/oidc-provider/package.json");
        let (Some(node), true) = (installed("node"), std::fs::exists(module).unwrap()) else {
            left_out("node and oidc-provider (npm ci --prefix tests/tools)");
            return None;
        };
        let mut process = Command::new(node)
            .arg(format!("{tools}/provider.mjs"))
            .args([&format!("{PUBLIC}{RETURN}"), port])
            .env("PROVIDER_CONFORMS", if conforms { "1" } else { "0" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut issuer = String::new();
        while !issuer.starts_with("http://") {
            issuer.clear();
            assert_ne!(output.read_line(&mut issuer).unwrap(), 0, "it ended");
        }
        Some(Self {
            process,
            _output: output,
            issuer: issuer.trim().to_owned(),
            http: plain_client().build().unwrap(),
        })
    }

    async fn tell(&self, path: &str, body: &Value) {
        let request = self.http.put(format!("{}/{path}", self.issuer));
        let answer = request.body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 204);
    }

    /// Adds or changes a person with the subject `id` at the provider.
    async fn person(&self, id: &str, name: &str, groups: &[&str]) {
        let claims = json!({ "preferred_username": name, "groups": groups });
        self.tell(&format!("people/{id}"), &claims).await;
    }

    async fn fault(&self, fault: Option<&str>) {
        self.tell("fault", &json!({ "fault": fault })).await;
    }

    fn options(&self, secret: &str) -> Vec<String> {
        [
            ("--public-url", PUBLIC),
            ("--oidc-issuer", &self.issuer),
            ("--oidc-client-id", "carnet"),
            ("--oidc-client-secret-file", secret),
            ("--oidc-administrators", "chiefs"),
            ("--oidc-coordinators", "keepers;CN=keepers,OU=fr"),
            ("--oidc-agents", "phones"),
        ]
        .iter()
        .flat_map(|(option, value)| [(*option).to_owned(), (*value).to_owned()])
        .collect()
    }

    /// A node on the database of `app` that uses this provider.
    async fn node(&self, app: &TestApp) -> TestApp {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
        let options = self.options(secret.to_str().unwrap());
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        TestApp::start(app.database_url.clone(), folder, &options).await
    }

    /// Signs in at the provider by its own forms, from the address that Carnet redirects to, and returns the path of the redirect
    /// back.
    async fn sign_in(&self, id: &str, sent_to: &str) -> String {
        assert!(sent_to.starts_with(&self.issuer), "{sent_to}");
        let browser = plain_client()
            .cookie_store(true)
            .redirect(Policy::custom(|attempt| {
                if attempt.url().path() == RETURN { attempt.stop() } else { attempt.follow() }
            }))
            .build()
            .unwrap();
        let mut answer = browser.get(sent_to).send().await.unwrap();
        for _ in 0..3 {
            if answer.status().is_redirection() {
                break;
            }
            let (action, mut fields) = form(&answer.text().await.unwrap());
            for (name, value) in &mut fields {
                match name.as_str() {
                    "login" => id.clone_into(value),
                    "password" => "of the company".clone_into(value),
                    _ => {}
                }
            }
            answer = browser.post(action).form(&fields).send().await.unwrap();
        }
        let location = answer.headers()["location"].to_str().unwrap();
        assert!(location.starts_with(&format!("{PUBLIC}{RETURN}")), "{location}");
        location[PUBLIC.len()..].to_owned()
    }

    /// The whole sign-in in one browser.
    async fn bring(&self, id: &str, client: &Client) -> Page {
        let sent = client.get("/login/company").await;
        let back = self.sign_in(id, &sent.location()).await;
        client.get(&back).await
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The action and the fields of a page's form.
fn form(page: &str) -> (String, Vec<(String, String)>) {
    let html = Html::parse_document(page);
    let form = Selector::parse("form").unwrap();
    let form = html.select(&form).next().unwrap();
    let inputs = Selector::parse("input[name]").unwrap();
    let fields = form.select(&inputs).map(|input| {
        let value = input.attr("value").unwrap_or_default();
        (input.attr("name").unwrap().to_owned(), value.to_owned())
    });
    (form.attr("action").unwrap().to_owned(), fields.collect())
}

fn parameter(url: &str, name: &str) -> String {
    let url = Url::parse("http://localhost").unwrap().join(url).unwrap();
    let mut pairs = url.query_pairs();
    let found = pairs.find(|(key, _)| key == name);
    found.unwrap_or_else(|| panic!("no {name}")).1.into_owned()
}

/// Sets the counts as if many more returns had failed, the last of them two seconds ago.
async fn many_more_returns(app: &TestApp) {
    use carnet::db::schema::sign_in_throttles as throttles;
    use diesel::prelude::*;
    let now = carnet::base::clock::now();
    let more = move |conn: &mut carnet::db::AnyConnection| {
        let of_flood =
            throttles::table.filter(throttles::bucket.like("company:%")).filter(throttles::failures.gt(0));
        Ok(diesel::update(of_flood)
            .set((
                throttles::failures.eq(60),
                throttles::blocked_until.eq(now + chrono::TimeDelta::seconds(3)),
                throttles::last_failure_at.eq(now - chrono::TimeDelta::seconds(2)),
            ))
            .execute(conn)?)
    };
    assert_eq!(app.db.write(more).await.unwrap(), 2);
}

/// Name, role and state of each account, as the administrator sees them.
async fn accounts(administrator: &Client) -> Vec<String> {
    let page = administrator.get("/users").await;
    let rows = page.select("tbody tr").into_iter();
    rows.filter(|row| row.contains("entreprise")).collect()
}

both_backends!(
    the_first_sign_in_makes_the_account_and_each_renews_its_role,
    the_claims_for_name_and_email_fill_the_account_where_they_are_texts,
    a_required_second_factor_is_left_to_the_provider,
    an_account_without_a_role_in_the_claim_stays_out_and_loses_its_sessions,
    a_return_without_a_code_is_explained,
    a_repeated_return_is_slowed_down_and_locks_nobody_out,
    a_name_that_is_taken_is_not_taken_over,
    the_last_administrator_is_not_demoted_by_the_claim,
    an_answer_is_taken_once_and_only_where_it_was_asked_for,
    a_token_that_is_not_meant_so_is_not_believed,
    claims_that_are_not_used_may_be_of_any_kind,
    what_is_used_of_a_token_must_be_right_and_of_the_same_person,
    a_flood_of_returns_delays_no_other_sign_in,
    a_provider_that_names_itself_otherwise_is_not_believed,
    a_provider_that_is_down_stops_neither_the_start_nor_passwords,
    an_interrupted_form_waits_for_the_company_sign_in,
    without_a_provider_there_is_no_company_sign_in,
);

async fn the_first_sign_in_makes_the_account_and_each_renews_its_role(app: TestApp) {
    let Some(provider) = Provider::start() else { return };
    let charlie = app.administrator().await;
    let (node, other) = tokio::join!(provider.node(&app), provider.node(&app));
    provider.person("u-1", "Zoé", &["others", "keepers", "phones"]).await;

    let zoe = node.stranger();
    let page = zoe.get("/login?next=%2Forganizations%3Fq%3Deau").await;
    let link = page.attributes("main a[href^='/login/company']", "href").remove(0);
    let sent = zoe.get(&link).await;
    assert_eq!(sent.status, 303);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "carnet"),
        ("code_challenge_method", "S256"),
        ("scope", "openid profile email"),
    ] {
        assert_eq!(parameter(&sent.location(), name), value);
    }
    let cookie = sent.header("set-cookie");
    assert!(
        cookie.contains("carnet_company=")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
            && cookie.contains("Max-Age=600"),
        "{cookie}"
    );
    // The return may reach another node.
    let back = provider.sign_in("u-1", &sent.location()).await;
    let there = zoe.at(other.address);
    let signed_in = there.get(&back).await;
    assert_eq!(
        (signed_in.status, signed_in.location().as_str()),
        (303, "/organizations?q=eau"),
        "{}",
        signed_in.body
    );
    assert_eq!(there.get("/imports").await.status, 200, "the highest of two roles");

    // An account like others, except that it has no password.
    let page = there.get("/account").await;
    assert_eq!(page.one(".lead"), "Zoé · Coordinateur");
    assert!(page.select("form[action='/account/password']").is_empty());
    assert_eq!(page.select("tbody tr").len(), 1, "its session is listed");
    let refused = there
        .post(&page, "/account/password", &[("current_password", ""), ("password", "quite another one")])
        .await;
    assert_eq!(refused.status, 404);
    assert_eq!(accounts(&charlie).await.len(), 1);
    let users = charlie.get("/users").await;
    let path = users.attributes("tbody a", "href").pop().unwrap();
    let page = charlie.get(&path).await;
    assert!(page.select("main .card").iter().any(|card| card.contains(&provider.issuer)));
    assert!(page.select("[name=role]").is_empty(), "its role is given there");
    for (what, fields) in [("password", vec![("password", "quite another one")]), ("code", vec![])] {
        let answer = charlie.post(&page, &format!("{path}/{what}"), &fields).await;
        assert_eq!(answer.status, 404, "{what}");
    }

    // The provider's new data applies at the next sign-in, and is recorded in the history.
    provider.person("u-1", "Another name now", &["phones"]).await;
    assert_eq!(
        zoe.get("/login/company?next=/contacts").await.location(),
        "/contacts",
        "who is signed in is not sent there"
    );
    assert_eq!(provider.bring("u-1", &node.stranger()).await.location(), "/");
    assert_eq!(zoe.get("/imports").await.status, 403, "in the other browser too");
    assert_eq!(accounts(&charlie).await.len(), 1, "the same account under the same name");
    let history = charlie.get("/audit").await.body;
    assert!(history.contains("Utilisateur modifié") && history.contains("Utilisateur ajouté"));

    // A disabled account stays out, and another role does not enable it.
    let page = charlie.get(&path).await;
    assert_eq!(charlie.submit_and_confirm(&page, "main form", &[("disabled", Some("on"))]).await.status, 303);
    assert_eq!(zoe.get("/contacts").await.status, 303);
    provider.person("u-1", "Zoé", &["keepers"]).await;
    let refused = provider.bring("u-1", &zoe).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("désactivé"));
    assert!(accounts(&charlie).await[0].contains("Agent"));
}

async fn the_claims_for_name_and_email_fill_the_account_where_they_are_texts(app: TestApp) {
    let Some(provider) = Provider::start() else { return };
    let charlie = app.administrator().await;
    let node = provider.node(&app).await;
    let long = "x".repeat(120);
    for (claims, shown) in [
        (json!({ "name": "Zoé  d’Arc", "email": "zoe@example.org" }), ["Zoé  d’Arc", "zoe@example.org"]),
        (json!({ "name": ["A", "B"], "email": 7 }), ["Zoé  d’Arc", "zoe@example.org"]),
        (json!({ "email": "no address" }), ["Zoé  d’Arc", "zoe@example.org"]),
        (json!({ "name": " ", "email": "z@example.org" }), ["Zoé  d’Arc", "z@example.org"]),
        (json!({ "name": long }), [&long[..100], "z@example.org"]),
    ] {
        let mut claims = claims;
        claims["preferred_username"] = json!("zoe");
        claims["groups"] = json!(["keepers"]);
        provider.tell("people/u-1", &claims).await;
        let zoe = node.stranger();
        assert_eq!(provider.bring("u-1", &zoe).await.status, 303);
        let own = zoe.get("/account").await;
        assert_eq!(own.select(".facts dd")[1..], shown.map(|text| text.replace("  ", " ")), "{claims}");
    }
    let users = charlie.get("/users").await;
    let path = users.attributes("tbody a", "href").pop().unwrap();
    let page = charlie.get(&path).await;
    assert_eq!(page.attributes("#email", "value"), ["z@example.org"]);
    assert!(charlie.get("/audit").await.body.contains("zoe@example.org"), "each change is in the history");
}

async fn a_required_second_factor_is_left_to_the_provider(app: TestApp) {
    let Some(provider) = Provider::start() else { return };
    let charlie = app.administrator().await;
    let node = provider.node(&app).await;
    let page = charlie.get("/settings").await;
    assert_eq!(
        charlie
            .submit_and_confirm(&page, "#second-factor", &[("second_factor_for", Some("coordinators"))])
            .await
            .status,
        303
    );
    let alice = app.coordinator().await;
    assert_eq!(alice.get("/contacts").await.location(), "/account/second-factor");
    provider.person("u-3", "Xavier", &["keepers"]).await;
    let xavier = node.stranger();
    assert_eq!(provider.bring("u-3", &xavier).await.status, 303);
    assert_eq!(xavier.get("/contacts").await.status, 200);
    assert_eq!(xavier.get("/account/second-factor").await.status, 404);
    assert!(!xavier.get("/account").await.body.contains("/account/second-factor"));
}

async fn an_account_without_a_role_in_the_claim_stays_out_and_loses_its_sessions(app: TestApp) {
    let Some(provider) = Provider::start_at("0", true) else { return };
    let charlie = app.administrator().await;
    let node = provider.node(&app).await;
    for groups in [vec![], vec!["Keepers"], vec!["others", "phones "]] {
        provider.person("u-2", "yann", &groups).await;
        let refused = provider.bring("u-2", &node.stranger()).await;
        assert_eq!(refused.status, 403, "{groups:?}");
        assert!(refused.body.contains("aucun rôle"));
    }
    assert_eq!(accounts(&charlie).await, Vec::<String>::new());
    provider.person("u-2", "yann", &["CN=keepers,OU=fr"]).await;
    let yann = node.stranger();
    assert_eq!(provider.bring("u-2", &yann).await.status, 303);
    assert_eq!(yann.get("/imports").await.status, 200);
    provider.person("u-2", "yann", &[]).await;
    assert_eq!(provider.bring("u-2", &node.stranger()).await.status, 403);
    assert_eq!(yann.get("/imports").await.status, 303, "signed out everywhere");
    assert!(accounts(&charlie).await[0].contains("Agent"), "what it was is not counted on");
    // A claim that is a single text, and a person with an e-mail but no name.
    provider.tell("people/u-3", &json!({ "email": "xena@example.org", "groups": "phones" })).await;
    assert_eq!(provider.bring("u-3", &node.stranger()).await.status, 303);
    assert!(accounts(&charlie).await.iter().any(|row| row.contains("xena@example.org")));
    provider.tell("people/u-4", &json!({ "groups": "phones" })).await;
    assert_eq!(provider.bring("u-4", &node.stranger()).await.status, 409, "no name at all");
    // The name is too long for an account, so the e-mail is used.
    let long = format!("{}@example.onmicrosoft.example", "x".repeat(60));
    provider
        .tell(
            "people/u-8",
            &json!({ "preferred_username": long, "email": "ugo@example.org", "groups": "phones" }),
        )
        .await;
    assert_eq!(provider.bring("u-8", &node.stranger()).await.status, 303);
    assert!(accounts(&charlie).await.iter().any(|row| row.contains("ugo@example.org")));
    provider.person("u-9", &long, &["phones"]).await;
    assert_eq!(provider.bring("u-9", &node.stranger()).await.status, 303, "else the beginning of it");
}

async fn a_return_without_a_code_is_explained(app: TestApp) {
    let Some(provider) = Provider::start() else { return };
    app.administrator().await;
    let node = provider.node(&app).await;
    for (error, status, words) in [
        ("access_denied", 403, "demandez l’accès"),
        ("invalid_scope", 403, "journal du serveur"),
        ("of_its_own", 403, "journal du serveur"),
        ("temporarily_unavailable", 503, "Réessayez"),
    ] {
        let client = node.stranger();
        let sent = client.get("/login/company").await;
        let state = parameter(&sent.location(), "state");
        let back =
            client.get(&format!("{RETURN}?state={state}&error={error}&error_description=%3Cb%3E")).await;
        assert_eq!(back.status, status, "{error}");
        assert!(back.body.contains(words) && !back.body.contains("&lt;b"), "{error}: {}", back.one("main"));
    }
}

async fn a_repeated_return_is_slowed_down_and_locks_nobody_out(app: TestApp) {
    let Some(provider) = Provider::start() else { return };
    app.administrator().await;
    let node = provider.node(&app).await;
    let client = node.stranger();
    let sent = client.get("/login/company").await;
    let state = parameter(&sent.location(), "state");
    let cookies = sent.header("set-cookie").split(';').next().unwrap().to_owned();
    let mut statuses = Vec::new();
    for _ in 0..40 {
        let path = format!("{RETURN}?state={state}&iss={}&code=x", provider.issuer);
        let request = node.stranger().raw(Method::GET, &path).header("cookie", &cookies);
        statuses.push(request.send().await.unwrap().status().as_u16());
        if statuses.last() == Some(&429) {
            break;
        }
    }
    assert_eq!(statuses.pop(), Some(429), "{statuses:?}");
    assert!(statuses.len() >= 30 && statuses.iter().all(|status| *status == 403), "{statuses:?}");

    // The longest wait is three seconds: loading the same return again continues the sign-in.
    provider.person("u-1", "Zoé", &["phones"]).await;
    let zoe = node.stranger();
    let sent = zoe.get("/login/company").await;
    let back = provider.sign_in("u-1", &sent.location()).await;
    let mut page = zoe.get(&back).await;
    for _ in 0..10 {
        if page.status != 429 {
            break;
        }
        let wait = page.header("retry-after").parse().unwrap();
        // As long as the server asks for.
        tokio::time::sleep(std::time::Duration::from_secs(wait)).await;
        page = zoe.get(&back).await;
    }
    assert_eq!((page.status, page.location().as_str()), (303, "/"), "{}", page.body);
}

async fn a_name_that_is_taken_is_not_taken_over(app: TestApp) {
    let Some(provider) = Provider::start() else { return };
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    let node = provider.node(&app).await;
    provider.person("u-5", "ALICE", &["chiefs"]).await;
    let refused = provider.bring("u-5", &node.stranger()).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("ALICE"));
    assert!(alice.get("/users").await.status == 403, "nor is the role");

    let users = charlie.get("/users").await;
    let page = charlie.get(&users.attributes("tbody a", "href").remove(0)).await;
    let taken = charlie.submit(&page, "main form", &[("username", Some("Charlie"))]).await;
    assert_eq!(taken.status, 422);
    assert_eq!(charlie.submit(&page, "main form", &[("username", Some("alice (avant)"))]).await.status, 303);
    let new = node.stranger();
    assert_eq!(provider.bring("u-5", &new).await.status, 303);
    assert_eq!(new.get("/users").await.status, 200);
    app.stranger().sign_in("alice (avant)", PASSWORD).await;
    assert_eq!(app.stranger().try_sign_in("alice", PASSWORD).await.status, 422);

    // Two first sign-ins of one person at the same moment make one account.
    provider.person("u-6", "wim", &["phones"]).await;
    let browsers = [node.stranger(), node.stranger(), node.stranger()];
    let answers =
        futures_util::future::join_all(browsers.iter().map(|browser| provider.bring("u-6", browser))).await;
    assert!(answers.iter().all(|answer| answer.status == 303));
    assert_eq!(accounts(&charlie).await.iter().filter(|row| row.contains("wim")).count(), 1);
}

async fn the_last_administrator_is_not_demoted_by_the_claim(app: TestApp) {
    let Some(provider) = Provider::start() else { return };
    let charlie = app.administrator().await;
    let node = provider.node(&app).await;
    provider.person("u-7", "vera", &["chiefs"]).await;
    let vera = node.stranger();
    assert_eq!(provider.bring("u-7", &vera).await.status, 303);
    let users = vera.get("/users").await;
    let page = vera.get(&users.attributes("tbody a", "href").remove(0)).await;
    assert_eq!(vera.submit(&page, "main form", &[("role", Some("agent"))]).await.status, 303);
    assert_eq!(charlie.get("/users").await.status, 403);
    provider.person("u-7", "vera", &["keepers"]).await;
    let refused = provider.bring("u-7", &node.stranger()).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("dernier administrateur"));
    assert_eq!(vera.get("/users").await.status, 303, "the right is not kept either");
    provider.person("u-7", "vera", &["chiefs"]).await;
    assert_eq!(provider.bring("u-7", &vera).await.status, 303);
    assert_eq!(vera.get("/users").await.status, 200);
}

async fn an_answer_is_taken_once_and_only_where_it_was_asked_for(app: TestApp) {
    let Some(provider) = Provider::start() else { return };
    app.administrator().await;
    let node = provider.node(&app).await;
    provider.person("u-8", "ugo", &["phones"]).await;
    let (ugo, mallory) = (node.stranger(), node.stranger());
    let sent = ugo.get("/login/company").await.location();
    let back = provider.sign_in("u-8", &sent).await;
    let (state, right) = (parameter(&back, "state"), parameter(&back, "code"));

    // In a browser that never asked, or that asked for another sign-in.
    assert_eq!(mallory.get(&back).await.status, 422);
    let other = mallory.get("/login/company").await.location();
    assert_eq!(mallory.get(&back).await.status, 422);
    let mixed = back.replace(&state, &parameter(&other, "state"));
    assert_eq!(mallory.get(&mixed).await.status, 403, "a code that was asked for with another challenge");
    for wrong in [format!("{RETURN}?code={right}"), RETURN.to_owned(), back.replace(&state, "x")] {
        assert_eq!(ugo.get(&wrong).await.status, 422, "{wrong}");
    }
    // From another provider; and a refusal, whose text is not shown.
    let issuer = parameter(&back, "iss");
    let elsewhere = format!("{RETURN}?state={state}&code={right}&iss=https://evil.example");
    let ugo_before = (ugo.get("/contacts").await.status, issuer == provider.issuer);
    assert_eq!(ugo_before, (303, true));
    let refused = ugo.get(&elsewhere).await;
    assert_eq!(refused.status, 403);
    assert!(!refused.body.contains("evil"));
    assert_eq!(ugo.get(&back).await.status, 422, "the try is over");
    let state = parameter(&ugo.get("/login/company").await.location(), "state");
    let denied =
        format!("{RETURN}?state={state}&iss={issuer}&error=access_denied&error_description=call+0900");
    let denied = ugo.get(&denied).await;
    assert_eq!(denied.status, 403);
    assert!(!denied.body.contains("0900") && !denied.body.contains("access_denied"));
    // An answer without an issuer, although this provider always names it.
    let sent = ugo.get("/login/company").await.location();
    let back = provider.sign_in("u-8", &sent).await;
    let nameless = format!("{RETURN}?state={}&code={}", parameter(&back, "state"), parameter(&back, "code"));
    assert_eq!(ugo.get(&nameless).await.status, 403);

    // A code that was issued for another program.
    let sent = ugo.get("/login/company").await.location();
    let foreign = sent.replace("client_id=carnet", "client_id=other");
    let back = provider.sign_in("u-8", &foreign).await;
    assert_eq!(ugo.get(&back).await.status, 403);
    assert_eq!(ugo.get("/contacts").await.status, 303);

    // The right answer is accepted once: the code is used up too.
    let sent = ugo.get("/login/company").await;
    let cookie = sent.header("set-cookie").split(';').next().unwrap().to_owned();
    let back = provider.sign_in("u-8", &sent.location()).await;
    assert_eq!(ugo.get(&back).await.status, 303);
    let again = ugo.get(&back).await;
    assert_eq!((again.status, again.location().as_str()), (303, "/"), "by going back");
    let copied = node.stranger().raw(Method::GET, &back).header("cookie", cookie).send().await.unwrap();
    assert_eq!(copied.status(), 403, "with a copy of the cookie");
}

async fn a_token_that_is_not_meant_so_is_not_believed(app: TestApp) {
    let Some(provider) = Provider::start() else { return };
    let charlie = app.administrator().await;
    let node = provider.node(&app).await;
    provider.person("u-9", "tess", &["chiefs"]).await;
    for fault in [
        "nonce",
        "unasked",
        "audience",
        "audiences",
        "party",
        "issuer",
        "expired",
        "endless",
        "early",
        "future",
        "undated",
        "forged",
        "changed",
        "unknown",
        "none",
        "hmac",
        "critical",
        "nested",
        "access",
        "nobody",
        "missing",
    ] {
        provider.fault(Some(fault)).await;
        let tess = node.stranger();
        let refused = provider.bring("u-9", &tess).await;
        assert_eq!(refused.status, 403, "{fault}");
        assert!(refused.body.contains("pas pu être vérifiée"), "{fault}");
        assert_eq!(tess.get("/contacts").await.status, 303);
    }
    assert_eq!(accounts(&charlie).await, Vec::<String>::new());
    provider.fault(None).await;
    assert_eq!(provider.bring("u-9", &node.stranger()).await.status, 303);
}

async fn claims_that_are_not_used_may_be_of_any_kind(app: TestApp) {
    let charlie = app.administrator().await;
    // Some providers send everything in the token, others only in answer to the access token.
    for conforms in [false, true] {
        let Some(provider) = Provider::start_at("0", conforms) else { return };
        for (number, odd) in [
            // Auth0, Cognito, Entra, and others.
            r#""updated_at":"2026-01-02T03:04:05.678Z""#,
            r#""email_verified":"true","phone_number_verified":"false""#,
            r#""address":"Lyon","birthdate":19700101,"name":["Zoé","Z"],"locale":{"country":"FR"},"picture":7,"website":"not a url""#,
            r#""ver":1.0,"xms_cc":["cp1"],"huge":123456789012345678901234567890,"beyond":1e999,"half":"\ud800""#,
            r#""email":["a@b.fr"],"gender":0,"auth_time":"yesterday","amr":"pwd","acr":1,"at_hash":[],"zoneinfo":null"#,
            r#""claims_supported":"all","op_policy_uri":"","ui_locales_supported":"fr","scopes_supported":null,"deep":[[[[{}]]]]"#,
            r#""groups":"keepers""#,
        ].iter().enumerate() {
            let id = format!("odd-{conforms}-{number}");
            provider.person(&id, &id, &["others", "keepers"]).await;
            provider.tell("odd", &json!({ "odd": odd })).await;
            // A new node, which asks for the provider's description again.
            let node = provider.node(&app).await;
            let client = node.stranger();
            let signed_in = provider.bring(&id, &client).await;
            assert_eq!(signed_in.status, 303, "{odd}: {}", signed_in.body);
            assert_eq!(client.get("/imports").await.status, 200, "{odd}");
        }
    }
    let accounts = accounts(&charlie).await;
    assert!(accounts.len() == 14 && accounts.iter().all(|row| row.contains("Coordinateur")), "{accounts:?}");
}

async fn what_is_used_of_a_token_must_be_right_and_of_the_same_person(app: TestApp) {
    let Some(provider) = Provider::start_at("0", true) else { return };
    let charlie = app.administrator().await;
    let node = provider.node(&app).await;
    provider.person("u-12", "tom", &["keepers"]).await;
    for (odd, at) in [
        (r#""sub":"u-1""#, "/me"),
        (r#""sub":7"#, "/token"),
        (r#""exp":"soon""#, "/token"),
        (r#""exp":0"#, "/token"),
        (r#""iat":1e99"#, "/token"),
        (r#""nbf":"99999999999""#, "/token"),
        (r#""azp":"other""#, "/token"),
        (r#""aud":[]"#, "/token"),
    ] {
        provider.tell("odd", &json!({ "odd": odd, "at": at })).await;
        assert_eq!(provider.bring("u-12", &node.stranger()).await.status, 403, "{odd}");
    }
    assert_eq!(accounts(&charlie).await, Vec::<String>::new());
    // Times as text and times with a fraction are valid.
    let now = carnet::base::clock::now().and_utc().timestamp();
    let odd = format!(r#""exp":"{}","iat":{now}.25,"nbf":null,"aud":["carnet"],"azp":"carnet""#, now + 60);
    provider.tell("odd", &json!({ "odd": odd, "at": "/token" })).await;
    assert_eq!(provider.bring("u-12", &node.stranger()).await.status, 303);
}

async fn a_flood_of_returns_delays_no_other_sign_in(app: TestApp) {
    let Some(provider) = Provider::start() else { return };
    app.administrator().await;
    let node = provider.node(&app).await;
    provider.person("u-13", "zita", &["phones"]).await;
    let known = node.stranger();
    assert_eq!(provider.bring("u-13", &known).await.status, 303);
    let page = known.get("/contacts").await;
    assert_eq!(known.submit(&page, ".who form", &[]).await.status, 303);

    let client = node.stranger();
    let sent = client.get("/login/company").await;
    let state = parameter(&sent.location(), "state");
    let cookies = sent.header("set-cookie").split(';').next().unwrap().to_owned();
    let path = format!("{RETURN}?state={state}&iss={}&code=x", provider.issuer);
    let repeat = || node.stranger().raw(Method::GET, &path).header("cookie", &cookies).send();
    assert_eq!(repeat().await.unwrap().status(), 403);
    for browser in [&known, &node.stranger()] {
        let sent = browser.get("/login/company").await;
        let back = provider.sign_in("u-13", &sent.location()).await;
        many_more_returns(&app).await;
        assert_eq!(repeat().await.unwrap().status(), 429, "the flood itself waits");
        let page = browser.get(&back).await;
        assert_eq!((page.status, page.location().as_str()), (303, "/"), "{}", page.body);
    }
}

async fn a_provider_that_names_itself_otherwise_is_not_believed(app: TestApp) {
    let Some(mut provider) = Provider::start() else { return };
    app.administrator().await;
    provider.issuer = provider.issuer.replace("127.0.0.1", "localhost");
    let node = provider.node(&app).await;
    let refused = node.stranger().get("/login/company").await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("pas pu être vérifiée"));
}

async fn a_provider_that_is_down_stops_neither_the_start_nor_passwords(app: TestApp) {
    let Some(provider) = Provider::start() else { return };
    app.administrator().await;
    let port = Url::parse(&provider.issuer).unwrap().port().unwrap().to_string();
    let node = provider.node(&app).await;
    provider.person("u-10", "sam", &["phones"]).await;
    let sam = node.stranger();
    let sent = sam.get("/login/company").await.location();
    let back = provider.sign_in("u-10", &sent).await;
    let issuer = provider.issuer.clone();
    drop(provider);

    let down = sam.get(&back).await;
    assert_eq!((down.status, down.header("retry-after")), (503, "60"));
    assert!(!down.body.contains(&issuer) && !down.body.contains("refused"));
    let Some(other) = Provider::start() else { return };
    let fresh = other.node(&app).await;
    drop(other);
    let down = fresh.stranger().get("/login/company").await;
    assert_eq!(down.status, 503);
    assert!(down.body.contains("ne répond pas"));
    fresh.stranger().sign_in("charlie", PASSWORD).await;

    // Restarted with new keys, which the node has not seen.
    let Some(again) = Provider::start_at(&port, false) else { return };
    assert_eq!(again.issuer, issuer);
    again.person("u-10", "sam", &["phones"]).await;
    assert_eq!(again.bring("u-10", &sam).await.status, 303);
    assert_eq!(sam.get("/contacts").await.status, 200);
}

async fn an_interrupted_form_waits_for_the_company_sign_in(app: TestApp) {
    let Some(provider) = Provider::start() else { return };
    app.administrator().await;
    let node = provider.node(&app).await;
    provider.person("u-11", "rosa", &["keepers"]).await;
    let rosa = node.stranger();
    assert_eq!(provider.bring("u-11", &rosa).await.status, 303);
    let typed = rosa.get("/organizations/new").await;
    let page = rosa.get("/contacts").await;
    assert_eq!(rosa.submit(&page, ".who form", &[]).await.status, 303);
    let asked = rosa.submit(&typed, "main form", &[("name", Some("Régie des eaux"))]).await;
    assert_eq!(asked.status, 422);
    let resume = "form[action='/login/resume']";
    let early = rosa.submit(&asked, resume, &[]).await;
    assert_eq!(early.status, 422, "asked again, with what was typed");
    assert_eq!(asked.attributes(&format!("{resume} a"), "target"), ["_blank"]);
    assert_eq!(provider.bring("u-11", &rosa).await.status, 303);
    let back = rosa.submit(&early, resume, &[]).await;
    assert_eq!(back.status, 200);
    let saved = rosa.submit(&back, "main form", &[]).await;
    assert_eq!(saved.status, 303);
    assert!(rosa.get("/organizations").await.body.contains("Régie des eaux"));
}

async fn without_a_provider_there_is_no_company_sign_in(app: TestApp) {
    let client = app.stranger();
    app.administrator().await;
    assert!(client.get("/login").await.select("main a[href^='/login/company']").is_empty());
    assert_eq!(client.get("/login/company").await.status, 404);
    assert_eq!(client.get(&format!("{RETURN}?state=a&code=b")).await.status, 404);
}

#[test]
fn incomplete_options_of_a_provider_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/carnet.db", folder.path().display());
    let refused = crate::support::carnet(&["serve", "--database-url", &database])
        .env("CARNET_OIDC_ISSUER", "https://login.example.org")
        .output()
        .unwrap();
    assert_eq!(code(&refused), 2);
    assert!(stderr(&refused).contains("--oidc-client-id is missing"), "{}", stderr(&refused));
}
