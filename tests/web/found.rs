//! The search of agents and a contact's page, as they lead from one to the other.

use std::fmt::Write as _;

use chrono::Days;
use reqwest::Method;

use crate::support::contacts::add;
use crate::support::{Client, Page, TestApp};

const LIST: &str = "Mme,Anne,Dupont,anne@b.fr,Voirie,0110203041,,Lyon\n\
    M.,Bruno,Dupont,bruno@b.fr,Eau,0110203042,,Brest\n\
    M.,Carl,Dupontel,carl@b.fr,Voirie,0110203043,,Lyon\n\
    Mme,Dora,Martin,dora@b.fr,Accueil,0110203044,,Paris\n\
    M.,Dupont,Zola,zola@b.fr,Eau,0110203045,,Paris\n";

both_backends!(
    a_contact_of_a_list_leads_back_and_on,
    the_neighbours_are_those_of_the_sorted_and_of_the_filtered_list,
    a_contact_that_went_or_changed_still_has_a_place,
    only_our_own_lists_are_led_back_to,
    a_list_with_a_long_address_is_led_back_to,
    forms_of_a_contact_keep_the_way_back,
    a_misspelt_search_shows_the_best_suggestion,
    the_first_page_has_what_agents_need_first,
    a_contact_has_its_actions_first_and_the_rest_folded,
);

/// The links to the contacts of a list, as its page has them.
async fn links(bob: &Client, list: &str) -> Vec<String> {
    bob.get(list).await.links(".person h2 a")
}

/// The path of the contact that a link leads to.
fn path(link: &str) -> String {
    link.split_once('?').map_or(link, |(path, _)| path).to_owned()
}

fn name(page: &Page) -> String {
    page.one("h1")
}

fn beside(page: &Page, rel: &str) -> Option<String> {
    page.links(&format!(".way a[rel={rel}]")).pop()
}

/// The names from a contact's page onwards, then from the last one back.
async fn walked(bob: &Client, first: &str) -> (Vec<String>, Vec<String>) {
    let mut page = bob.get(first).await;
    assert_eq!(beside(&page, "prev"), None, "it is the first");
    let mut forward = vec![name(&page)];
    while let Some(next) = beside(&page, "next") {
        page = bob.get(&next).await;
        forward.push(name(&page));
    }
    let mut backward = vec![name(&page)];
    while let Some(previous) = beside(&page, "prev") {
        page = bob.get(&previous).await;
        backward.push(name(&page));
    }
    backward.reverse();
    (forward, backward)
}

async fn a_contact_of_a_list_leads_back_and_on(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", LIST, false).await;
    let list = bob.get("/contacts?q=dupont").await;
    assert_eq!(list.one("h1"), "4 résultats pour «\u{A0}dupont\u{A0}»");
    let names = list.select(".person h2");
    assert_eq!(names, ["Anne Dupont", "Bruno Dupont", "Carl Dupontel", "Dupont Zola"], "best match first");
    let links = list.links(".person h2 a");
    assert!(links[0].ends_with("?from=?q=dupont"), "{}", links[0]);
    let page = bob.get(&links[1]).await;
    assert_eq!(page.select(".way a"), ["‹ 4 résultats pour «\u{A0}dupont\u{A0}»", "précédent", "suivant"]);
    assert_eq!(page.attributes(".way a", "href")[0], "/contacts?q=dupont");
    assert_eq!(walked(&bob, &links[0]).await, (names.clone(), names.clone()));

    // Experts first for agents; a coordinator's list has no such order.
    let form = alice.get("/contacts?q=bruno").await;
    alice.submit(&form, "main form[method=post]", &[("expert", None)]).await;
    let agents = ["Anne Dupont", "Bruno Dupont", "Carl Dupontel", "Dupont Zola"].map(str::to_owned);
    let first = self::links(&bob, "/contacts?q=dupont").await.remove(0);
    assert_eq!(walked(&bob, &first).await.0, agents, "within a section");
    let form = alice.get("/contacts?q=anne").await;
    alice.submit(&form, "main form[method=post]", &[("expert", None)]).await;
    let form = alice.get("/contacts?q=bruno").await;
    let id = form.attributes("input[name=expert]", "value").remove(0);
    alice.submit(&form, "main form[method=post]", &[("expert", Some(id.as_str()))]).await;
    let links = self::links(&bob, "/contacts?q=dupont").await;
    let (forward, backward) = walked(&bob, &links[0]).await;
    assert_eq!(forward[0], "Bruno Dupont", "{forward:?}");
    assert_eq!(forward, backward);
    assert_eq!(forward, bob.get("/contacts?q=dupont").await.select(".person h2"));
    let list = alice.get("/contacts?q=dupont").await;
    assert_eq!(walked(&alice, &list.links("tbody th a")[0]).await.0, agents);

    let plain = bob.get(&path(&links[0])).await;
    assert_eq!(plain.attributes(".way a", "href"), ["/contacts"], "nothing is worked out without a list");
}

async fn the_neighbours_are_those_of_the_sorted_and_of_the_filtered_list(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let mut many = LIST.to_owned();
    for n in 0..60 {
        writeln!(many, "M.,P{n:02},Nombreux,p{n}@b.fr,Service {},,,Ville {}", n % 7, n % 5).unwrap();
    }
    alice.import("un", many, false).await;
    for list in [
        "/contacts?sort=name",
        "/contacts?q=p&sort=city",
        "/contacts?sort=service",
        "/contacts?sort=updated",
        "/contacts?q=nombreux&status=copy",
    ] {
        let mut links = Vec::new();
        let mut place = Some(list.to_owned());
        while let Some(at) = place {
            let page = bob.get(&at).await;
            links.extend(page.links(".person h2 a"));
            place = page.way("next");
        }
        assert!(links.len() > 51, "{list}: {}", links.len());
        // Both ends, the end of a page and the beginning of the next.
        for at in [0, 1, 30, 49, 50, links.len() - 1] {
            let page = bob.get(&links[at]).await;
            let near = |at: Option<usize>| at.and_then(|at| links.get(at)).map(|link| path(link));
            let shown = |rel| beside(&page, rel).map(|link| path(&link));
            assert_eq!(shown("prev"), near(at.checked_sub(1)), "{list}, {at}");
            assert_eq!(shown("next"), near(Some(at + 1)), "{list}, {at}");
            // The way back is to the page of the list that the contact is on.
            let back = page.attributes(".way a", "href").remove(0);
            let again = bob.get(&back).await.links(".person h2 a");
            assert!(again.contains(&links[at]), "{list}, {at}: {back}");
        }
    }
    let one = bob.get(&links(&bob, "/contacts?q=0110203041").await[0]).await;
    assert_eq!(one.select(".way a"), ["‹ 1 résultat pour «\u{A0}0110203041\u{A0}»"], "nobody is beside it");
    let filtered = bob.get(&links(&bob, "/contacts?city=lyon").await[0]).await;
    assert_eq!(filtered.select(".way a")[0], "‹ 2 résultats");
    let all = bob.get(&links(&bob, "/contacts?sort=name").await[0]).await;
    assert_eq!(all.select(".way a")[0], "‹ Revenir à la liste");

    // Favourites are a list too.
    let list = links(&bob, "/contacts?q=dupont").await;
    for link in &list {
        let page = bob.get(link).await;
        bob.submit(&page, "form.starred", &[("favourite", Some("on"))]).await;
    }
    let stars = bob.get("/contacts/favourites").await;
    let links = stars.links(".person h2 a");
    assert!(links[0].ends_with("?from=/contacts/favourites"));
    let names = stars.select(".person h2");
    assert_eq!(walked(&bob, &links[0]).await, (names.clone(), names));
}

async fn a_contact_that_went_or_changed_still_has_a_place(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", LIST, false).await;
    let links = links(&bob, "/contacts?q=dupont").await;
    let page = bob.get(&links[0]).await;
    let next = beside(&page, "next").unwrap();
    let form = alice.get(&format!("{}/delete", path(&links[1]))).await;
    alice.submit(&form, "main form", &[]).await;
    assert_eq!(bob.get(&next).await.status, 404, "it went while the page was open");
    let page = bob.get(&links[0]).await;
    assert_eq!(path(&beside(&page, "next").unwrap()), path(&links[2]), "the list goes on behind it");
    assert_eq!(path(&beside(&bob.get(&links[2]).await, "prev").unwrap()), path(&links[0]));
    let trashed = alice.get(&links[1]).await;
    assert_eq!(trashed.attributes(".way a", "href")[0], "/contacts?q=dupont");

    // One that no longer passes the filter keeps the place that it had by its name.
    let form = alice.get(&format!("{}/edit", path(&links[2]))).await;
    alice.submit(&form, "main form", &[("last_name", Some("Durand"))]).await;
    let page = bob.get(&links[2]).await;
    assert_eq!(page.select(".way a")[0], "‹ 2 résultats pour «\u{A0}dupont\u{A0}»");
    let near: Vec<String> = [beside(&page, "prev"), beside(&page, "next")]
        .into_iter()
        .flatten()
        .map(|link| path(&link))
        .collect();
    assert!(!near.is_empty() && near.iter().all(|near| *near == path(&links[0]) || *near == path(&links[3])));
}

async fn only_our_own_lists_are_led_back_to(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", LIST, false).await;
    let link = links(&bob, "/contacts?q=anne").await.remove(0);
    let path = path(&link);
    let long = format!("/contacts?q={}", "a".repeat(2_000));
    for from in [
        "//evil.example",
        "//evil.example/contacts?q=a",
        "https://evil.example/contacts",
        "/\\evil.example",
        "javascript:alert(1)",
        "/contacts/1/delete",
        "/contacts.csv",
        "/contacts.xlsx",
        "/imports",
        "/contacts/../logout",
        "/contacts?q=a\r\nx",
        "",
        long.as_str(),
    ] {
        let from: String = url::form_urlencoded::byte_serialize(from.as_bytes()).collect();
        let page = bob.get(&format!("{path}?from={from}")).await;
        assert_eq!(
            (page.status, page.attributes(".way a", "href")),
            (200, vec!["/contacts".to_owned()]),
            "{from}"
        );
        assert!(!page.body.contains("evil"), "{from}");
        assert!(!page.body.contains("from="), "{from}");
    }
    for from in [
        "/contacts?q=%2500",
        "/contacts?after=x&sort=no&status=%25",
        "/contacts?q=%22%3E%3Cb%3E",
        "/contacts?q=*",
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(from.as_bytes()).collect();
        let page = bob.get(&format!("{path}?from={encoded}")).await;
        assert_eq!((page.status, page.attributes(".way a", "href")[0].as_str()), (200, from), "{from}");
        assert!(page.select(".way b").is_empty());
    }
}

async fn a_list_with_a_long_address_is_led_back_to(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", LIST, false).await;
    let services = (0..9).map(|n| format!("&service=Service+des+relations+{n}")).collect::<String>();
    let address = format!("/contacts?q=dupont{services}&service=Voirie");
    for client in [&alice, &bob] {
        let list = client.get(&address).await;
        let link = list.links("#rows tbody th a, .person h2 a").remove(0);
        assert!(link.ends_with("?from=."), "{link}");
        let came_from = |page: String| client.raw(Method::GET, &link).header("referer", page);
        let page =
            Page::read(came_from(format!("http://{}{address}", app.address)).send().await.unwrap()).await;
        assert_eq!(page.attributes(".way a", "href")[0], address);
        let edit = page.links("a[href*='/edit'], form[action$=favourite]").concat();
        assert!(!edit.contains("from=."), "the links of the page carry the address: {edit}");
        for elsewhere in ["https://evil.example/", "/imports", "no address"] {
            let page = Page::read(came_from(elsewhere.to_owned()).send().await.unwrap()).await;
            assert_eq!((page.status, page.attributes(".way a", "href")), (200, vec!["/contacts".to_owned()]));
        }
    }
}

async fn forms_of_a_contact_keep_the_way_back(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", LIST, false).await;
    let link = links(&bob, "/contacts?q=anne+dupont&status=copy").await.remove(0);
    let page = bob.get(&link).await;
    let starred = bob.submit(&page, "form.starred", &[("favourite", Some("on"))]).await;
    assert_eq!(starred.location(), link);
    let noted = bob.submit(&page, "#notes form", &[("note", Some("Rappelle le matin"))]).await;
    assert_eq!(noted.location(), format!("{link}#notes"));
    let wrong = bob.submit(&page, "#notes form", &[("note", Some(" "))]).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.attributes(".way a", "href")[0], "/contacts?q=anne+dupont&status=copy");
    assert_eq!(wrong.attributes(".add-note", "open").len(), 1, "the form with the error is open");
    assert!(page.attributes(".add-note", "open").is_empty());
    let page = alice.get(&link).await;
    let checked = alice.submit(&page, ".answered form", &[]).await;
    assert_eq!(checked.location(), link);
    let said = [("report", Some("Le numéro a changé"))];
    assert_eq!(alice.submit(&page, "#reports form", &said).await.location(), format!("{link}#reports"));
    let edits: Vec<String> = page
        .links("a[href]")
        .into_iter()
        .filter(|href| ["/edit?", "/absence?", "/expertise?"].iter().any(|form| href.contains(form)))
        .collect();
    assert_eq!(edits.len(), 3, "{edits:?}");
    let days = [("absent_from", Some("2031-01-01")), ("absent_until", Some("2031-01-02"))];
    for edit in edits {
        let form = alice.get(&edit).await;
        assert!(form.links("main .actions a.button").contains(&link), "{edit}: to cancel");
        let typed = if edit.contains("/absence?") { &days[..] } else { &[] };
        assert_eq!(alice.submit(&form, "main form", typed).await.location(), link, "{edit}");
    }
    let path = path(&link);
    let elsewhere = alice.post(&page, &format!("{path}/checked?from=//evil.example"), &[("back", "")]).await;
    assert_eq!(elsewhere.location(), path);
}

async fn a_misspelt_search_shows_the_best_suggestion(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", LIST, false).await;
    let page = bob.get("/contacts?q=martni").await;
    assert!(
        page.one(".corrected")
            .starts_with("Aucun résultat pour «\u{A0}martni\u{A0}». Résultats pour «\u{A0}Martin\u{A0}»."),
        "{}",
        page.one(".corrected")
    );
    assert_eq!(page.select(".person h2"), ["Dora Martin"]);
    assert_eq!(page.one("h1"), "1 résultat pour «\u{A0}Martin\u{A0}»");
    assert_eq!(page.attributes("#q", "value"), ["martni"], "what was typed can be mended");
    let contact = bob.get(&page.links(".person h2 a")[0]).await;
    assert_eq!(contact.attributes(".way a", "href")[0], "/contacts?q=Martin");
    let exact = bob.get(&page.attributes(".corrected a", "href")[0]).await;
    assert!(exact.select(".person, .corrected").is_empty());
    assert_eq!(exact.select(".suggestions a")[0], "Martin");
    assert_eq!(exact.one("h1"), "Aucun résultat pour «\u{A0}martni\u{A0}»");

    // The other conditions stay, and nothing is shown that they exclude.
    let page = bob.get("/contacts?q=dupond&city=brest").await;
    assert_eq!(page.select(".person h2"), ["Bruno Dupont"]);
    assert_eq!(bob.get("/contacts?q=martni&city=brest").await.select(".person"), [""; 0]);
    assert!(bob.get("/contacts?q=dupont").await.select(".corrected").is_empty());
    assert!(bob.get("/contacts?q=xyzzy").await.select(".corrected, .person").is_empty());
    let page = bob.get("/contacts?q=%3Cb%3Edupond").await;
    assert!(page.one(".corrected").contains("<b>dupond"), "{}", page.one(".corrected"));
}

async fn the_first_page_has_what_agents_need_first(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let empty = bob.get("/contacts").await;
    assert!(empty.one(".empty").contains("Le carnet est vide") && empty.select(".at-hand").is_empty());
    alice.import("un", LIST, false).await;
    let front = bob.get("/contacts").await;
    assert!(front.select(".person").is_empty() && front.select(".at-hand").is_empty(), "no alphabet");
    let everybody = bob.get(&front.attributes("main p > a", "href").pop().unwrap()).await;
    assert_eq!(everybody.select(".person").len(), 5, "but a way to all of them");

    let paths: Vec<String> = links(&bob, "/contacts?sort=name").await.iter().map(|link| path(link)).collect();
    for (path, topics) in [(&paths[0], "eau\nvoirie"), (&paths[1], "eau")] {
        let form = alice.get(&format!("{path}/expertise")).await;
        alice.submit(&form, "main form", &[("topics", Some(topics)), ("languages", Some("arabe"))]).await;
    }
    let today = carnet::base::clock::today();
    let day = |days| today.checked_add_days(Days::new(days)).unwrap().to_string();
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap().to_string();
    for (path, from, until, substitute) in [
        (&paths[0], day(0), day(3), ""),
        (&paths[1], day(0), day(0), "dora@b.fr"),
        (&paths[2], day(1), day(2), ""),
        (&paths[4], yesterday.clone(), yesterday, ""),
    ] {
        let form = alice.get(&format!("{path}/absence")).await;
        let typed = [
            ("absent_from", Some(&*from)),
            ("absent_until", Some(&*until)),
            ("substitute", Some(substitute)),
        ];
        assert_eq!(alice.submit(&form, "main form", &typed).await.status, 303);
    }
    let front = bob.get("/contacts").await;
    assert_eq!(front.select("section[aria-labelledby=topics] .chip"), ["eau 2", "voirie 1"]);
    let eau = front.attributes("section[aria-labelledby=topics] .chip", "href").remove(0);
    assert_eq!(bob.get(&eau).await.select(".person h2"), ["Anne Dupont", "Bruno Dupont"]);
    assert_eq!(
        front.select("section[aria-labelledby=away] li > a"),
        ["Bruno Dupont", "Anne Dupont"],
        "today's, the first to return first"
    );
    assert!(front.select("section[aria-labelledby=away] li")[0].contains("Remplacement\u{A0}: Dora Martin"));
    let form = alice.get(&format!("{}/delete", paths[1])).await;
    alice.submit(&form, "main form", &[]).await;
    let front = bob.get("/contacts").await;
    assert_eq!(
        front.select("section[aria-labelledby=away] li > a"),
        ["Anne Dupont"],
        "the trash is not away"
    );
    assert!(bob.get("/contacts?q=dupont").await.select(".at-hand").is_empty(), "only while nothing is asked");
}

async fn a_contact_has_its_actions_first_and_the_rest_folded(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    let full = [
        ("civility", "Mme"),
        ("first_name", "Inès"),
        ("last_name", "Zola"),
        ("title", "Juriste"),
        ("service", "Contentieux"),
        ("email", "ines+z@b.fr"),
        ("phone_work", "4021"),
        ("phone_cell", "0612345678"),
        ("email_personal", "ines@perso.example"),
    ];
    let path = add(&alice, &full).await;
    let page = bob.get(&path).await;
    assert_eq!(page.one("h1 ~ .lead"), "Juriste · Contentieux");
    assert_eq!(
        page.select(".doing a"),
        ["☎ Appeler 06\u{A0}12\u{A0}34\u{A0}56\u{A0}78", "✉ Écrire", "Mettre en copie", "Carte (.vcf)"]
    );
    assert_eq!(
        page.attributes(".doing a", "href"),
        ["tel:+33612345678", "mailto:ines%2Bz@b.fr", "mailto:?cc=ines%2Bz@b.fr", &format!("{path}.vcf")],
        "the first number that can be dialled"
    );
    assert_eq!(page.select(".facts .rest dt")[..2], ["E-mail personnel", "Civilité"]);
    assert!(page.select("details[open]").is_empty());
    assert_eq!(page.one(".changes-box summary"), "Historique (1)");
    for n in 0..6 {
        let page = bob.get(&path).await;
        bob.submit(&page, "#notes form", &[("note", Some(&format!("Note {n}")))]).await;
    }
    let page = bob.get(&path).await;
    assert_eq!(page.one(".changes-box summary"), "Historique (7)", "all of them, and five are shown");
    assert_eq!(page.select(".history > li").len(), 5);
    assert_eq!(alice.get(&path).await.select(".doing a").last().unwrap(), "Modifier");

    // Neither Copie nor an e-mail, neither copy nor message.
    let bare = add(&alice, &[("first_name", "Sans"), ("last_name", "Rien")]).await;
    assert_eq!(bob.get(&bare).await.select(".doing a"), ["Carte (.vcf)"]);
    let form = alice.get(&format!("{path}/delete")).await;
    alice.submit(&form, "main form", &[]).await;
    assert!(alice.get(&path).await.select(".doing, .starred, .add-note, .ending").is_empty());
}
