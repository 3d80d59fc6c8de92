//! The addresses of social channels.

use url::Url;

use super::contact::Contact;
use crate::domain::{Field, WebUrl};

/// A social channel of a contact: the typed text, and its address if the channel has addresses.
pub struct Channel {
    pub field: Field,
    pub typed: String,
    pub address: Option<String>,
}

pub fn channels(contact: &Contact) -> Vec<Channel> {
    [
        (Field::SocialX, &contact.social_x, "https://x.com/"),
        (Field::SocialFacebook, &contact.social_facebook, "https://www.facebook.com/"),
        // LINE finds people by their number or code, only inside its own app.
        (Field::SocialLine, &contact.social_line, ""),
        (Field::SocialWhatsapp, &contact.social_whatsapp, "https://wa.me/"),
        (Field::SocialInstagram, &contact.social_instagram, "https://www.instagram.com/"),
    ]
    .into_iter()
    .filter(|(_, typed, _)| !typed.is_empty())
    .map(|(field, typed, base)| Channel { field, typed: typed.clone(), address: address(field, typed, base) })
    .collect()
}

fn address(field: Field, typed: &str, base: &str) -> Option<String> {
    if let Ok(url) = WebUrl::parse(typed, usize::MAX) {
        return Some(url.as_str().to_owned());
    }
    let name = if field == Field::SocialWhatsapp {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        // `wa.me` accepts only numbers with a country code.
        let international = typed.trim_start().starts_with('+') || digits.starts_with("00");
        let digits = digits.trim_start_matches("00").to_owned();
        (international && !digits.is_empty()).then_some(digits)?
    } else {
        let name = typed.trim_start_matches('@');
        let is_name = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
        (is_name && !name.is_empty()).then(|| name.to_owned())?
    };
    let mut url = Url::parse(base).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().push(&name);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_its_channel_if_the_channel_has_addresses() {
        let of = |field, typed, base| address(field, typed, base);
        let x = "https://x.com/";
        assert_eq!(of(Field::SocialX, "@zoe_martin", x).as_deref(), Some("https://x.com/zoe_martin"));
        assert_eq!(of(Field::SocialX, "https://x.com/zoe", x).as_deref(), Some("https://x.com/zoe"));
        assert_eq!(of(Field::SocialX, "zoe martin", x), None);
        assert_eq!(of(Field::SocialX, "../evil", x), None);
        assert_eq!(of(Field::SocialX, "javascript:alert(1)", x), None);
        let wa = "https://wa.me/";
        assert_eq!(
            of(Field::SocialWhatsapp, "+33 6 12 34 56 78", wa).as_deref(),
            Some("https://wa.me/33612345678")
        );
        assert_eq!(of(Field::SocialWhatsapp, "06 12 34 56 78", wa), None);
        assert_eq!(of(Field::SocialLine, "zoe", ""), None);
    }
}
