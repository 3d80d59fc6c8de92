//! The options for signing in with a company account: the provider, and the claim values that give a role.

use std::path::{Path, PathBuf};

use clap::Args;
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::domain::Role;

/// The path of the public address to which the provider returns people after sign-in.
pub const RETURN_PATH: &str = "/login/company/return";

/// The options of company sign-in. Without any of them it is off; otherwise [`CompanyArgs::parse`] requires all of them.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Company sign-in (OpenID Connect)")]
pub struct CompanyArgs {
    /// The issuer URL, exactly as the provider publishes it (`https://login.example.org/realms/company`)
    #[arg(long, env = "CARNET_OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,
    /// The client ID that the provider has for Carnet
    #[arg(long, env = "CARNET_OIDC_CLIENT_ID", value_name = "ID")]
    pub oidc_client_id: Option<String>,
    /// A file that contains the client secret
    #[arg(long, env = "CARNET_OIDC_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub oidc_client_secret_file: Option<PathBuf>,
    /// The scopes to request, separated by spaces; some providers send groups only if `groups` is requested
    #[arg(long, env = "CARNET_OIDC_SCOPES", value_name = "SCOPES", default_value = "openid profile email")]
    pub oidc_scopes: String,
    /// The claim that contains a person's groups or roles
    #[arg(long, env = "CARNET_OIDC_ROLES_CLAIM", value_name = "CLAIM", default_value = "groups")]
    pub oidc_roles_claim: String,
    /// Values of that claim that give the administrator role, separated by semicolons (group names can contain commas)
    #[arg(long, env = "CARNET_OIDC_ADMINISTRATORS", value_name = "VALUES", value_delimiter = ';')]
    pub oidc_administrators: Vec<String>,
    /// Values that give the coordinator role, separated by semicolons
    #[arg(long, env = "CARNET_OIDC_COORDINATORS", value_name = "VALUES", value_delimiter = ';')]
    pub oidc_coordinators: Vec<String>,
    /// Values that give the agent role, separated by semicolons; people without any of these values cannot sign in
    #[arg(long, env = "CARNET_OIDC_AGENTS", value_name = "VALUES", value_delimiter = ';')]
    pub oidc_agents: Vec<String>,
}

/// The OpenID Connect provider that identifies people.
#[derive(Clone)]
pub struct Company {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Zeroizing<String>,
    pub scopes: Vec<String>,
    pub roles_claim: String,
    pub roles: RoleValues,
    /// The URL to which the provider returns people after sign-in.
    pub return_url: Url,
}

/// The claim values that give each role.
#[derive(Debug, Clone, Default)]
pub struct RoleValues {
    administrators: Vec<String>,
    coordinators: Vec<String>,
    agents: Vec<String>,
}

impl RoleValues {
    /// Returns the highest role that one of these values gives.
    pub fn highest<'a>(&self, values: impl IntoIterator<Item = &'a str> + Clone) -> Option<Role> {
        [
            (Role::Administrator, &self.administrators),
            (Role::Coordinator, &self.coordinators),
            (Role::Agent, &self.agents),
        ]
        .into_iter()
        .find(|(_, meant)| {
            let mut held = values.clone().into_iter();
            held.any(|value| meant.iter().any(|meant| meant == value))
        })
        .map(|(role, _)| role)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CompanyError {
    #[error(
        "company sign-in is only partly configured: {0} is missing. Set it too, or remove all --oidc options"
    )]
    Missing(&'static str),
    #[error("the issuer {0:?} is not an https address (http is allowed for loopback addresses only)")]
    Issuer(String),
    #[error("--oidc-scopes must contain openid")]
    Scopes,
    #[error("the file {} cannot be read: {source}", .path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the file {} contains no secret", .0.display())]
    NoSecret(PathBuf),
}

impl CompanyArgs {
    /// Checks the options without contacting the provider. Returns `None` if no option is set.
    ///
    /// # Errors
    /// A required option is missing, a value is invalid, or the secret's file is empty or unreadable.
    pub fn parse(&self, public_url: Option<&Url>) -> Result<Option<Company>, CompanyError> {
        let issuer = given(self.oidc_issuer.as_deref());
        let client_id = given(self.oidc_client_id.as_deref());
        let secret_file = self.oidc_client_secret_file.as_deref().filter(|path| !path.as_os_str().is_empty());
        let roles = RoleValues {
            administrators: values(&self.oidc_administrators),
            coordinators: values(&self.oidc_coordinators),
            agents: values(&self.oidc_agents),
        };
        let no_roles =
            roles.administrators.is_empty() && roles.coordinators.is_empty() && roles.agents.is_empty();
        if issuer.is_none() && client_id.is_none() && secret_file.is_none() && no_roles {
            return Ok(None);
        }
        let issuer = issuer.ok_or(CompanyError::Missing("--oidc-issuer"))?;
        let client_id = client_id.ok_or(CompanyError::Missing("--oidc-client-id"))?;
        let secret_file = secret_file.ok_or(CompanyError::Missing("--oidc-client-secret-file"))?;
        if no_roles {
            return Err(CompanyError::Missing(
                "at least one of --oidc-administrators, --oidc-coordinators and --oidc-agents",
            ));
        }
        let roles_claim =
            given(Some(&self.oidc_roles_claim)).ok_or(CompanyError::Missing("--oidc-roles-claim"))?;
        let public_url = public_url.ok_or(CompanyError::Missing("--public-url"))?;
        if !Url::parse(issuer).is_ok_and(|url| is_safe(&url)) {
            return Err(CompanyError::Issuer(issuer.to_owned()));
        }
        let scopes = self.oidc_scopes.split_whitespace().map(str::to_owned);
        let scopes: Vec<String> = scopes.collect();
        if !scopes.iter().any(|scope| scope == "openid") {
            return Err(CompanyError::Scopes);
        }
        let mut return_url = public_url.clone();
        return_url.set_path(RETURN_PATH);
        return_url.set_query(None);
        return_url.set_fragment(None);
        Ok(Some(Company {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: secret(secret_file)?,
            scopes,
            roles_claim: roles_claim.to_owned(),
            roles,
            return_url,
        }))
    }
}

/// Returns `true` if traffic to this address is private: it is encrypted by TLS, or stays on this machine.
pub fn is_safe(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || url.scheme() == "http" && loopback
}

/// Trims a value. An empty environment variable counts as not set.
fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn values(list: &[String]) -> Vec<String> {
    let given = list.iter().filter_map(|value| given(Some(value)));
    given.map(str::to_owned).collect()
}

fn secret(path: &Path) -> Result<Zeroizing<String>, CompanyError> {
    let text = std::fs::read_to_string(path).map(Zeroizing::new);
    let text = text.map_err(|source| CompanyError::Unreadable { path: path.to_owned(), source })?;
    match given(Some(&text)) {
        Some(secret) => Ok(Zeroizing::new(secret.to_owned())),
        None => Err(CompanyError::NoSecret(path.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// Removes one option from a complete set.
    type Less = fn(&mut CompanyArgs);

    fn whole(secret: &Path) -> CompanyArgs {
        CompanyArgs {
            oidc_issuer: Some("https://login.example.org/realms/company".to_owned()),
            oidc_client_id: Some("carnet".to_owned()),
            oidc_client_secret_file: Some(secret.to_owned()),
            oidc_scopes: "openid profile".to_owned(),
            oidc_roles_claim: "groups".to_owned(),
            oidc_administrators: vec!["CN=chiefs,OU=fr".to_owned(), String::new()],
            oidc_coordinators: vec!["keepers".to_owned()],
            oidc_agents: Vec::new(),
        }
    }

    fn secret_file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn company_sign_in_is_off_by_default_and_needs_all_its_options() {
        let public = Url::parse("https://carnet.example.org/").unwrap();
        let file = secret_file("s3cret\n");
        let off = CompanyArgs { oidc_issuer: Some(String::new()), ..CompanyArgs::default() };
        assert!(off.parse(None).unwrap().is_none());

        let company = whole(file.path()).parse(Some(&public)).unwrap().unwrap();
        assert_eq!(company.client_secret.as_str(), "s3cret");
        assert_eq!(company.return_url.as_str(), "https://carnet.example.org/login/company/return");

        let parts: [(&str, Less); 7] = [
            ("--oidc-issuer", |args| args.oidc_issuer = None),
            ("--oidc-client-id", |args| {
                args.oidc_client_id = Some(" ".to_owned());
            }),
            ("--oidc-client-secret-file", |args| {
                args.oidc_client_secret_file = None;
            }),
            ("--oidc-agents", |args| {
                args.oidc_administrators.clear();
                args.oidc_coordinators.clear();
            }),
            ("--oidc-roles-claim", |args| args.oidc_roles_claim.clear()),
            ("openid", |args| {
                args.oidc_scopes = "profile email".to_owned();
            }),
            ("/nowhere/secret", |args| {
                args.oidc_client_secret_file = Some("/nowhere/secret".into());
            }),
        ];
        for (named, less) in parts {
            let mut args = whole(file.path());
            less(&mut args);
            let error = args.parse(Some(&public)).err().unwrap().to_string();
            assert!(error.contains(named), "{named}: {error}");
            assert!(!error.contains("s3cret"));
        }
        let error = whole(file.path()).parse(None).err().unwrap().to_string();
        assert!(error.contains("--public-url"), "{error}");
        let empty = secret_file(" \n");
        let error = whole(empty.path()).parse(Some(&public)).err().unwrap();
        assert!(error.to_string().contains("contains no secret"), "{error}");
    }

    #[test]
    fn only_https_and_loopback_are_spoken_to() {
        for safe in [
            "https://login.example.org",
            "http://127.0.0.1:8081/realm",
            "http://[::1]:8081",
            "http://localhost:8081",
        ] {
            assert!(is_safe(&Url::parse(safe).unwrap()), "{safe}");
        }
        for unsafe_one in [
            "http://login.example.org",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
        ] {
            assert!(!is_safe(&Url::parse(unsafe_one).unwrap()), "{unsafe_one}");
        }
    }

    #[test]
    fn the_highest_role_wins_and_an_unknown_value_gives_no_role() {
        let file = secret_file("s");
        let public = Url::parse("https://carnet.example.org").unwrap();
        let roles = whole(file.path()).parse(Some(&public)).unwrap().unwrap().roles;
        assert_eq!(roles.highest(["keepers", "CN=chiefs,OU=fr", "other"]), Some(Role::Administrator));
        assert_eq!(roles.highest(["keepers"]), Some(Role::Coordinator));
        for none in [vec![], vec![""], vec!["Keepers"], vec!["CN=chiefs"]] {
            assert_eq!(roles.highest(none), None);
        }
    }
}
