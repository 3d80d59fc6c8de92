//! The invented people of the demonstration, and the lists that import them. Their phone numbers are those that France reserves
//! for fiction.

use crate::domain::fold;

/// Enough people for a few pages of the list.
pub const PEOPLE: usize = 320;
/// The people of the first list, with which the contact centre tried Carnet.
const FIRST_PEOPLE: usize = 12;

const WOMEN: &str = "Hélène, Inès, Zoé, Aïcha, Maëlle, Françoise, Élodie, Anne-Sophie, Solène, Chloé, Cécile, \
     Geneviève, Nadia, Fatou, Léa, Martine, Noémie, Yasmine, Agnès, Thi-Lan";

const MEN: &str = "Marc, Jean-François, Étienne, Loïc, Karim, Théo, Benoît, Raphaël, Noël, Gaëtan, Yacine, Paul, Côme, \
     Mamadou, Olivier, Hugo, Stéphane, Rémi, Bastien, Antoine";

const LAST_NAMES: &str = "Lefèvre, Beaulieu, Aubert, D’Ormesson, Œuvrard, Wagner, Le Goff, Saint-Martin, Benali, \
     Dupont, Dupond, Lefebvre, Moreau, Guérin, N’Diaye, Château, Prévost, Müller, De La Fontaine, Garçon, Hébert, \
     Zimmermann, Costa, Traoré, Lemaître, Ferré, Bénard, Kowalski, Vasseur, Payet, Perrin, Roussel, Faure, Gauthier, \
     Chevalier, Blanchard, Girard, Lambert, Marchand, Picard, Renaud, Schmitt, Weber, Klein, Le Bihan, Kerbrat, \
     Tanguy, Etchegaray, Santoni, Mancini, Rossi, Fernandes, Da Silva, Nguyen, Tran, Diallo, Camara, Haddad, \
     Belkacem, Boucher, Carpentier, Delacroix, Joly, Leclerc, Masson, Poirier, Rivière, Tessier, Vidal, Besson, \
     Collet";

const STREETS: [&str; 5] =
    ["rue Haute", "avenue de la République", "place des Écoles", "quai du Port", "boulevard Voltaire"];

/// An organization whose people the contact centre consults.
pub struct Employer {
    pub name: &'static str,
    pub industry: &'static str,
    pub domain: &'static str,
    /// The first six digits of its phone numbers.
    area: &'static str,
    /// Of the first of its cities.
    pub postal_code: &'static str,
    pub cities: &'static [&'static str],
    services: [&'static str; 4],
}

pub const EMPLOYERS: [Employer; 5] = [
    Employer {
        name: "Mairie des Trois-Rivières",
        industry: "Collectivité",
        domain: "mairie.example",
        area: "046571",
        postal_code: "69001",
        cities: &["Lyon", "Saint-Étienne", "Marseille"],
        services: ["État civil", "Urbanisme", "Petite enfance", "Accueil téléphonique"],
    },
    Employer {
        name: "Métropole du Levant",
        industry: "Collectivité",
        domain: "metropole.example",
        area: "035301",
        postal_code: "67000",
        cities: &["Strasbourg", "Dijon"],
        services: ["Voirie", "Affaires juridiques", "Ressources humaines", "Relation client"],
    },
    Employer {
        name: "Régie des transports de l’Ouest",
        industry: "Transports",
        domain: "regie.example",
        area: "026191",
        postal_code: "35000",
        cities: &["Rennes", "Nantes"],
        services: ["Facturation", "Recouvrement", "Objets trouvés", "Support niveau 2"],
    },
    Employer {
        name: "Eaux et réseaux du Sud",
        industry: "Eau et assainissement",
        domain: "eaux.example",
        area: "053649",
        postal_code: "33000",
        cities: &["Bordeaux", "Toulouse"],
        services: ["Eau potable", "Assainissement", "Relève des compteurs", "Astreinte technique"],
    },
    Employer {
        name: "Agence des usagers",
        industry: "Service public",
        domain: "agence.example",
        area: "019900",
        postal_code: "75001",
        cities: &["Paris", "L’Haÿ-les-Roses", "Évry-Courcouronnes"],
        services: ["Contentieux", "Médiation", "Aides financières", "Accueil téléphonique"],
    },
];

impl Employer {
    /// The number of its switchboard.
    pub fn phone(&self) -> String {
        let (first, rest) = self.area.split_at(2);
        let (second, third) = rest.split_at(2);
        format!("{first} {second} {third} 00 00")
    }
}

/// One line of a list, which a line of another list may repeat with other values.
#[derive(Clone)]
struct Person {
    civility: &'static str,
    first_name: &'static str,
    last_name: &'static str,
    email: String,
    service: &'static str,
    phone: String,
    address: String,
    city: &'static str,
}

impl Person {
    fn line(&self) -> String {
        let Self { civility, first_name, last_name, email, service, phone, address, city } = self;
        format!("{civility},{first_name},{last_name},{email},{service},{phone},{address},{city}\n")
    }
}

fn nth(names: &'static str, index: usize) -> &'static str {
    let names: Vec<&str> = names.split(", ").collect();
    names[index % names.len()]
}

/// The names of any two people differ: 20 and 71 have no common divisor.
fn person(index: usize) -> Person {
    let employer = &EMPLOYERS[index % EMPLOYERS.len()];
    let (civility, first_name) = match index % 2 {
        0 => (if index % 34 == 8 { "Mlle" } else { "Mme" }, nth(WOMEN, index / 2)),
        _ => ("M.", nth(MEN, index / 2)),
    };
    let last_name = nth(LAST_NAMES, index * 7);
    Person {
        civility,
        first_name,
        last_name,
        email: format!("{}.{}@{}", local_part(first_name), local_part(last_name), employer.domain),
        service: employer.services[(index / 5 + index / 40) % employer.services.len()],
        phone: format!("{}{:04}", employer.area, 1_000 + index * 23),
        address: format!("{} {}", 1 + index % 90, STREETS[index % STREETS.len()]),
        city: employer.cities[(index / 5 + index / 20) % employer.cities.len()],
    }
}

fn local_part(name: &str) -> String {
    fold(name).replace(['\'', '’'], "").replace(' ', "-")
}

const HEADER: &str = "Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville\n";

/// The first list. The whole directory changes most of its lines.
pub fn first_list() -> String {
    let lines = (0..FIRST_PEOPLE).map(|index| match person(index) {
        known if index % 3 == 0 => Person { address: String::new(), ..known }.line(),
        known if index % 3 == 1 => Person { service: "Standard", ..known }.line(),
        known => known.line(),
    });
    lines.collect()
}

/// The whole directory, with two lines that a coordinator would have to correct.
pub fn directory() -> String {
    let mut list = HEADER.to_owned();
    list.extend((0..PEOPLE).map(|index| person(index).line()));
    list.push_str("Mme,Odile,Marchand,odile.marchand.regie.example,Voirie,0261919001,,Rennes\n");
    list.push_str("Dr,Hugo,Blanc,hugo.blanc@mairie.example,Voirie,04 65 71 90 02,,Lyon\n");
    list
}

/// A list of temporary staff, imported by mistake: one line overwrites a person of the directory.
pub fn temporary_staff() -> String {
    let mut list = Person { service: "Renfort été", phone: String::new(), ..person(35) }.line();
    let staff = [
        ("Clément", "Aubry", "0465718101"),
        ("Jade", "Rousseau", "0465718102"),
        ("Malo", "Kervella", "0465718103"),
        ("Lina", "Bensaïd", "0465718104"),
    ];
    list.extend(staff.map(|(first_name, last_name, phone)| {
        let address = format!("{}.{}@mairie.example", local_part(first_name), local_part(last_name));
        format!(",{first_name},{last_name},{address},Renfort été,{phone},,Lyon\n")
    }));
    list
}

fn named(first_name: &str, last_name: &str) -> Option<Person> {
    let mut people = (0..PEOPLE).map(person);
    people.find(|person| person.first_name == first_name && person.last_name == last_name)
}

/// The directory of the telephone system, with its own columns. Some rows may mean several people, or somebody else than they did:
/// a new name after a marriage, two mailboxes that were handed on, an e-mail and a number of two people, somebody in the trash.
pub fn telephone_directory() -> String {
    let mut list = "Nom;Prénom;Messagerie;Téléphone pro;Service;Ville\n".to_owned();
    let mut add = |last_name: &str, first_name: &str, of: &Person| {
        let Person { email, service, phone, city, .. } = of;
        list.extend([format!("{last_name};{first_name};{email};{phone};{service};{city}\n")]);
    };
    for known in [person(41), person(43)] {
        add(known.last_name, known.first_name, &known);
    }
    let married = person(52);
    let address = format!("{}.kerviel@{}", local_part(married.first_name), EMPLOYERS[52 % 5].domain);
    let renamed = format!("{}-Kerviel", married.last_name);
    add(&renamed, married.first_name, &Person { email: address, ..married });
    for (last_name, first_name, mailbox) in [("Bertin", "Inaya", 33), ("Abadie", "Soren", 58)] {
        add(last_name, first_name, &person(mailbox));
    }
    let of_two = Person { email: person(44).email, ..person(45) };
    add(of_two.last_name, of_two.first_name, &of_two);
    if let Some(deleted) = named("Yasmine", "Ferré") {
        add(deleted.last_name, deleted.first_name, &deleted);
    }
    let (email, phone) = ("ludivine.quere@regie.example".to_owned(), "0261918310".to_owned());
    add("Quéré", "Ludivine", &Person { email, phone, ..person(42) });
    // Somebody has typed in a second contact with this name and number.
    list.push_str("Lefèvre;Hélène;;04 65 71 61 01;État civil;Lyon\n");
    list
}

/// This month's moves and arrivals, with a line that has a comma too many.
pub fn moves() -> String {
    let moved = [
        Person { service: "Contentieux", ..person(29) },
        Person { service: "Urbanisme", phone: "0465718210".to_owned(), ..person(20) },
        Person { city: "Nantes", address: "3 quai du Port".to_owned(), ..person(22) },
        Person { last_name: "Weber-Klein", ..person(6) },
        person(40),
    ];
    let mut list = HEADER.to_owned();
    list.extend(moved.iter().map(Person::line));
    list.push_str("Mme,Lucie,Armand,lucie.armand@agence.example,Médiation,0199008221,7 rue Haute,Paris\n");
    list.push_str("M.,Idriss,Cherif,idriss.cherif@eaux.example,Eau potable,0536498222,,Toulouse\n");
    list.push_str(
        "M.,Yves,Quémener,yves.quemener@regie.example,Recouvrement,0261918223,12, rue Haute,Rennes\n",
    );
    list
}
