//! One message to several contacts.

use crate::support::{Client, TestApp};

const LIST: &str = "Mme,Hélène,Aubert,helene+sms@mairie.example,État civil,0110203040,,Lyon\n\
    M.,Marc,Beaulieu,o'neil&co@mairie.example,Urbanisme,,,Lyon\n";

async fn id(alice: &Client, q: &str) -> String {
    let page = alice.get(&format!("/contacts?q={q}")).await;
    let path = page.attributes("tbody th a", "href").remove(0);
    path.rsplit_once('/').unwrap().1.to_owned()
}

both_backends!(
    ticked_contacts_are_put_in_one_message,
    contacts_who_get_no_message_are_named,
    a_hundred_people_are_enough,
);

async fn ticked_contacts_are_put_in_one_message(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", LIST, false).await;
    let list = bob.get("/contacts?q=mairie").await;
    assert_eq!(
        list.select(".messages .button"),
        ["Écrire (À)", "Mettre en copie (Cc)", "Copier les adresses", "Télécharger les cartes (vCard)"]
    );
    assert_eq!(list.select(".pick"), ["Choisir Hélène Aubert", "Choisir Marc Beaulieu"]);
    let ids = list.attributes(".pick input", "value");
    let both = format!("contact={}&contact={}&contact={}", ids[1], ids[0], ids[0]);
    let to = bob.get(&format!("/contacts/message?as=to&{both}")).await;
    assert_eq!(to.one("h1"), "Écrire à 2 contacts");
    let addresses = "helene%2Bsms@mairie.example,o%27neil%26co@mairie.example";
    assert_eq!(to.attributes(".button.main", "href"), [format!("mailto:{addresses}")]);
    assert_eq!(
        to.select("textarea"),
        [
            "helene+sms@mairie.example, o'neil&co@mairie.example",
            "helene+sms@mairie.example; o'neil&co@mairie.example"
        ]
    );
    let cc = bob.get(&format!("/contacts/message?as=cc&{both}")).await;
    assert_eq!(cc.attributes(".button.main", "href"), [format!("mailto:?cc={addresses}")]);
    let copy = bob.get(&format!("/contacts/message?as=copy&contact={}", ids[0])).await;
    assert_eq!(copy.one("h1"), "L’adresse de 1 contact");
    assert!(copy.select(".button.main").is_empty() && copy.select("textarea").len() == 2);
    let cards = bob.get(&format!("/contacts/message?as=vcard&{both}")).await;
    assert_eq!(cards.location(), format!("/contacts.vcf?contact={}&contact={}", ids[1], ids[0]));
    assert_eq!(bob.follow(&cards).await.header("content-type"), "text/vcard; charset=utf-8");

    for nobody in ["", "?as=to", "?as=vcard", "?as=to&contact=x&contact="] {
        let page = bob.get(&format!("/contacts/message{nobody}")).await;
        assert_eq!((page.status, page.one("h1").as_str()), (200, "Aucun contact sélectionné"), "{nobody}");
    }
    let back = list.attributes("form[action='/contacts/message'] input[name=back]", "value");
    assert_eq!(back, ["/contacts?q=mairie"]);
    let nobody = bob.get("/contacts/message?as=to&back=%2Fcontacts%3Fq%3Dmairie").await;
    assert_eq!(
        nobody.attributes("main p > a.button", "href"),
        ["/contacts?q=mairie"],
        "the search is not lost"
    );
    let elsewhere = bob.get("/contacts/message?as=to&back=%2F%2Fevil.example").await;
    assert_eq!(elsewhere.attributes("main p > a.button", "href"), ["/contacts"]);
    let star = bob.get(&format!("/contacts/message?contact={}&favourite={}-on", ids[0], ids[1])).await;
    assert_eq!(
        star.location(),
        format!("/contacts/{}", ids[1]),
        "where a browser finds a star that it can press"
    );
}

async fn contacts_who_get_no_message_are_named(app: TestApp) {
    let (alice, bob) = (app.coordinator().await, app.agent().await);
    alice.import("un", LIST, false).await;
    let form = alice.get("/contacts/new").await;
    alice
        .submit(
            &form,
            "main form",
            &[
                ("first_name", Some("<b>Sans")),
                ("last_name", Some("Courriel")),
                ("copy", None),
                ("phone_work", Some("0110203042")),
            ],
        )
        .await;
    let (helene, marc, sans) =
        (id(&alice, "helene").await, id(&alice, "marc").await, id(&alice, "courriel").await);
    let today = carnet::base::clock::today().to_string();
    let form = alice.get(&format!("/contacts/{marc}/absence")).await;
    let days = [
        ("absent_from", Some(today.as_str())),
        ("absent_until", Some(today.as_str())),
        ("substitute", Some("hélène aubert")),
    ];
    assert_eq!(alice.submit(&form, "main form", &days).await.status, 303);
    let page =
        bob.get(&format!("/contacts/message?as=to&contact={marc}&contact={sans}&contact=999999")).await;
    assert_eq!(page.one("#absent"), "Un contact est absent");
    assert!(page.one("section[aria-labelledby=absent] li").contains("Hélène Aubert"));
    assert_eq!(page.one("section[aria-labelledby=without] li a:first-child"), "<b>Sans Courriel");
    assert!(page.one("p.notice").starts_with("Un contact n’est plus dans le carnet"));
    assert_eq!(page.attributes(".button.main", "href"), ["mailto:o%27neil%26co@mairie.example"]);
    let none = bob.get(&format!("/contacts/message?as=to&contact={sans}")).await;
    assert!(none.select(".button.main, textarea").is_empty());
    assert!(none.one("p.notice").contains("Aucun des contacts"));

    let form = alice.get(&format!("/contacts/{helene}/delete")).await;
    alice.submit(&form, "main form", &[]).await;
    for client in [&alice, &bob] {
        let page = client.get(&format!("/contacts/message?as=to&contact={helene}&contact={marc}")).await;
        assert!(!page.body.contains("helene"), "who is in the trash gets nothing");
        assert!(page.one("p.notice").contains("n’est plus dans le carnet"));
    }
}

async fn a_hundred_people_are_enough(app: TestApp) {
    let alice = app.coordinator().await;
    let list: String = (0..103).map(|index| format!("M.,P,N{index:03},n{index}@b.fr,,,,\n")).collect();
    alice.import("un", list, false).await;
    let ids: Vec<String> = (1..=103).map(|id| format!("contact={id}")).collect();
    for manner in ["to", "vcard"] {
        let page = alice.get(&format!("/contacts/message?as={manner}&{}", ids.join("&"))).await;
        assert_eq!(
            page.one("p.notice"),
            "Un message va à 100 contacts au plus\u{A0}: 3 autres sont laissés de côté."
        );
        assert_eq!(page.select("textarea")[0].matches('@').count(), 100);
        assert!(page.body.len() < 30_000, "{}", page.body.len());
    }
    assert_eq!(alice.get(&format!("/contacts.vcf?{}", ids.join("&"))).await.status, 400);
}
