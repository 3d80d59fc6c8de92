//! The second factor of an account, and the app that shows its codes.

use carnet::db::schema::accounts;
use diesel::prelude::*;
use totp_rs::{Builder, Secret, Totp};

use super::{Client, PASSWORD, Page, TestApp};

/// The secret and the recovery codes that the owner keeps.
pub struct Phone {
    pub totp: Totp,
    pub recovery: Vec<String>,
}

impl Phone {
    /// The code that the app shows this number of steps from now.
    pub fn code(&self, steps: i64) -> String {
        let now = carnet::base::clock::now().and_utc().timestamp() + 30 * steps;
        self.totp.generate(now.try_into().unwrap()).to_string()
    }

    pub fn key(&self) -> String {
        self.totp.secret().to_base32()
    }

    /// Six digits that the app does not show around now.
    pub fn wrong_code(&self) -> String {
        let shown: Vec<String> = (-3..=3).map(|steps| self.code(steps)).collect();
        let mut codes = (0..).map(|number: u32| format!("{number:06}"));
        codes.find(|code| !shown.contains(code)).unwrap()
    }
}

/// The key that the page shows for the app.
pub fn read_key(page: &Page) -> Totp {
    let key = page.one("#key").replace(' ', "");
    let secret = Secret::try_from_base32(key).unwrap();
    Builder::new().with_secret(secret).build().unwrap()
}

/// Sets up a factor, starting at the page that asks for the password; also returns the last page.
pub async fn set_up_from(client: &Client, page: &Page) -> (Phone, Page) {
    let typed = [("current_password", Some(PASSWORD))];
    let mut page = client.submit(page, "main form", &typed).await;
    if page.status == 303 {
        page = client.follow(&page).await;
    }
    let totp = read_key(&page);
    let mut phone = Phone { totp, recovery: Vec::new() };
    let code = phone.code(0);
    let on = client.submit(&page, "main form", &[("code", Some(&code))]).await;
    assert_eq!(on.status, 200, "{}", on.body);
    phone.recovery = on.select(".codes code");
    (phone, on)
}

/// Sets up a factor for the signed-in account.
pub async fn set_up(client: &Client) -> Phone {
    let page = client.get("/account/second-factor").await;
    set_up_from(client, &page).await.0
}

/// Makes the app's present code unused, as if half a minute had passed.
pub async fn later(app: &TestApp) {
    set_step(app, 0).await;
}

/// Sets the step of the last used code of every factor.
pub async fn set_step(app: &TestApp, step: i64) {
    app.db
        .write(move |conn| {
            diesel::update(accounts::table.filter(accounts::totp_key.is_not_null()))
                .set(accounts::totp_step.eq(step))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}
