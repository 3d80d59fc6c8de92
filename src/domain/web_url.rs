use url::Url;

use super::Fault;
use super::text::clean;

/// The address of a web page: `http` or `https`, stored as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebUrl {
    typed: String,
    url: Url,
}

impl WebUrl {
    /// Parses an address of at most `max` characters.
    ///
    /// # Errors
    /// [`Fault::NotAUrl`], [`Fault::TooLong`], [`Fault::ControlCharacter`]
    pub fn parse(raw: &str, max: usize) -> Result<Self, Fault> {
        let typed = clean(raw, max)?.into_owned();
        let url = Url::parse(&typed).map_err(|_| Fault::NotAUrl)?;
        // Browsers turn `https:page` and `https:///page` into an address with a host that nobody typed.
        let with_host = typed.split_once("://").is_some_and(|(_, rest)| !rest.starts_with(['/', '\\']));
        let named = url.host_str().is_some_and(|host| !host.is_empty());
        // A name before the host looks like the host: `https://bank.example@elsewhere.example`.
        let plain = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !with_host || !named || !plain {
            return Err(Fault::NotAUrl);
        }
        Ok(Self { typed, url })
    }

    /// The label of a link to the page, which shows where the link leads.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The value for `href`.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    pub fn into_string(self) -> String {
        self.typed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_taken() {
        let url = WebUrl::parse(" https://crm.exemple.fr/fiche?id=12&vue=é ", 1000).unwrap();
        assert_eq!(url.host(), "crm.exemple.fr");
        assert_eq!(url.clone().into_string(), "https://crm.exemple.fr/fiche?id=12&vue=é");
        for text in [
            "javascript:alert(1)",
            "JavaScript://crm.exemple.fr/%0aalert(1)",
            "data:text/html,x",
            "ftp://exemple.fr",
            "file:///etc/passwd",
            "crm.exemple.fr",
            "//crm.exemple.fr",
            "https:crm.exemple.fr",
            "https://",
            "http:///x",
            "https://banque.example@ailleurs.example/",
            "https://a b.fr",
        ] {
            assert_eq!(WebUrl::parse(text, 1000), Err(Fault::NotAUrl), "{text}");
        }
        let long = format!("https://a.fr/{}", "x".repeat(1000));
        assert!(matches!(WebUrl::parse(&long, 1000), Err(Fault::TooLong { .. })));
    }
}
