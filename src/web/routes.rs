//! The only way to add a route: each route declares its access, and cannot omit it.
//!
//! A path answers `GET` and `HEAD` in the same way, an unknown path 404, and a wrong method 405 with `Allow`.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::{FromRequest, Handler, HttpMessage as _, HttpRequest, HttpResponse, Responder, guard, web};

use crate::domain::{KeyScope, Right};
use crate::error::{ApiRefusal, AppError, AppResult};
use crate::web::form::{FIELDS, MostFields, separators};
use crate::web::{Account, Caller, Form, Interrupted, NoFields, Sent, error_pages, page};

/// The access to a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, signed in or not.
    Anyone,
    /// Every account, including those that must first set up their second factor.
    BeforeSecondFactor,
    /// Every account, except those that must first set up their second factor. Routes with a right also require this.
    SignedIn,
    /// The accounts that currently have this right.
    Right(Right),
    /// Programs with a key of this scope, whose account currently has this right. A session is not enough.
    Key(KeyScope, Right),
}

/// The treatment of a form whose sender must sign in first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenSignedOut {
    /// After sign-in the form is shown again, with a button to send it.
    GivenBack,
    /// The sign-in page says that nothing was saved, and returns to the earlier page.
    AskedAgain,
}

impl From<Right> for Access {
    fn from(right: Right) -> Self {
        Self::Right(right)
    }
}

/// A page that a request must pass first.
#[derive(Clone, Copy)]
pub struct Door {
    /// Shows the page in answer to a form, and carries the form.
    pub with_form: fn(&HttpRequest, Interrupted) -> AppResult<HttpResponse>,
    /// The redirect's location for any other request.
    pub location: fn(&HttpRequest) -> String,
}

/// The pages that requests may have to pass first.
#[derive(Clone, Copy)]
pub struct Doors {
    /// For a request without a session.
    pub sign_in: Door,
    /// For an account that must first set up its second factor.
    pub set_up: Door,
}

#[cfg(test)]
impl Doors {
    /// The doors for routes that are open to anyone.
    pub fn none() -> Self {
        let door = Door { with_form: |_, _| Err(AppError::NotFound), location: |_| String::new() };
        Self { sign_in: door, set_up: door }
    }
}

/// A route's description, for the tests that visit all routes.
#[derive(Debug, Clone)]
pub struct RouteInfo {
    pub method: Method,
    pub pattern: &'static str,
    pub access: Access,
    pub when_signed_out: WhenSignedOut,
    /// The largest number of fields of a form, and of a query.
    pub most_fields: usize,
}

/// The program's routes; each feature adds its own.
pub struct Routes {
    /// The path of the scope in which they are registered; empty for pages.
    scope: &'static str,
    doors: Doors,
    resources: Vec<actix_web::Resource>,
    table: Vec<RouteInfo>,
}

impl Routes {
    pub fn new(doors: Doors) -> Self {
        Self { scope: "", doors, resources: Vec::new(), table: Vec::new() }
    }

    /// Routes whose patterns begin with the path of a scope.
    pub fn within(scope: &'static str, doors: Doors) -> Self {
        Self { scope, ..Self::new(doors) }
    }

    pub fn at(&mut self, pattern: &'static str) -> PathRoutes<'_> {
        PathRoutes {
            resource: Some(web::resource(pattern.strip_prefix(self.scope).unwrap_or(pattern))),
            routes: self,
            pattern,
            methods: Vec::new(),
            most: MostFields(FIELDS),
        }
    }

    pub fn table(&self) -> &[RouteInfo] {
        &self.table
    }

    pub fn register(self, config: &mut web::ServiceConfig) {
        for resource in self.resources {
            config.service(resource);
        }
    }
}

/// The methods of one path. They are registered when it is dropped.
pub struct PathRoutes<'a> {
    routes: &'a mut Routes,
    pattern: &'static str,
    resource: Option<actix_web::Resource>,
    methods: Vec<Method>,
    most: MostFields,
}

impl PathRoutes<'_> {
    /// Sets the largest number of fields in a form and in a query for the methods that follow, instead of [`FIELDS`].
    pub fn fields(mut self, most: usize) -> Self {
        self.most = MostFields(most);
        self
    }

    pub fn get<F, Args>(self, access: impl Into<Access>, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(Method::GET, access.into(), WhenSignedOut::AskedAgain, handler)
    }

    /// Adds a form that is given back after sign-in.
    pub fn post<F, Args>(self, access: impl Into<Access>, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(Method::POST, access.into(), WhenSignedOut::GivenBack, handler)
    }

    /// Adds a form that is not given back: it contains a file, which no page can carry, or it answers a question on a page, which
    /// should be asked again instead of being answered by a button with another text.
    pub fn post_asked_again<F, Args>(self, access: impl Into<Access>, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(Method::POST, access.into(), WhenSignedOut::AskedAgain, handler)
    }

    /// Adds a method of the API.
    pub fn on<F, Args>(self, method: Method, access: Access, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(method, access, WhenSignedOut::AskedAgain, handler)
    }

    fn route<F, Args>(
        mut self,
        method: Method,
        access: Access,
        when_signed_out: WhenSignedOut,
        handler: F,
    ) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = if method == Method::GET {
            web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
        } else {
            web::method(method.clone())
        };
        let most = self.most;
        let doors = self.routes.doors;
        let route = route
            .to(handler)
            .wrap(from_fn(move |request, next| {
                authorize((access, doors), when_signed_out, most, request, next)
            }))
            .wrap(from_fn(error_pages::contain_panic));
        self.resource = self.resource.take().map(|resource| resource.route(route));
        self.routes.table.push(RouteInfo {
            method: method.clone(),
            pattern: self.pattern,
            access,
            when_signed_out,
            most_fields: self.most.0,
        });
        self.methods.push(method);
        self
    }
}

impl Drop for PathRoutes<'_> {
    fn drop(&mut self) {
        let Some(resource) = self.resource.take() else {
            return;
        };
        let mut allow: Vec<&str> = self.methods.iter().map(Method::as_str).collect();
        if self.methods.contains(&Method::GET) {
            allow.push("HEAD");
        }
        let allow = allow.join(", ");
        self.routes.resources.push(resource.default_service(web::to(move || {
            let allow = allow.clone();
            async move { HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allow)).finish() }
        })));
    }
}

/// Runs before the handler's extractors, so that the body of an unauthorized request is not read.
async fn authorize(
    (access, doors): (Access, Doors),
    when_signed_out: WhenSignedOut,
    most: MostFields,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let fields = separators(request.query_string().as_bytes()) + 1;
    if let Err(error) = most.check(fields) {
        return Ok(request.error_response(error).map_into_right_body());
    }
    request.extensions_mut().insert(most);
    if let Access::Key(scope, right) = access {
        return match admit(&request, scope, right) {
            Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
            Err(error) => Ok(request.error_response(error).map_into_right_body()),
        };
    }
    let (role, must_set_up) = match request.extensions().get::<Account>() {
        Some(account) => (Some(account.role), account.must_set_up),
        None => (None, false),
    };
    match (access, role) {
        (Access::Anyone, _) | (Access::BeforeSecondFactor, Some(_)) => {}
        (_, Some(_)) if must_set_up => {
            return match send_away(&mut request, when_signed_out, doors.set_up).await {
                Ok(response) => Ok(request.into_response(response).map_into_right_body()),
                Err(error) => Ok(request.error_response(error).map_into_right_body()),
            };
        }
        (Access::SignedIn, Some(_)) | (Access::Key(..), _) => {}
        (Access::Right(right), Some(role)) if role.has(right) => {}
        (Access::Right(right), Some(_)) => {
            let account = request.extensions().get::<Account>().map(|account| account.id);
            tracing::info!(event = "right_refused", account, %right, "a right was missing");
            let response = request.error_response(AppError::MissingRight(right));
            return Ok(response.map_into_right_body());
        }
        (_, None) => {
            return match send_away(&mut request, when_signed_out, doors.sign_in).await {
                Ok(response) => Ok(request.into_response(response).map_into_right_body()),
                Err(error) => Ok(request.error_response(error).map_into_right_body()),
            };
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Checks a request of a program.
fn admit(request: &ServiceRequest, scope: KeyScope, right: Right) -> AppResult<()> {
    let extensions = request.extensions();
    let Some(caller) = extensions.get::<Caller>() else {
        return Err(AppError::Api(ApiRefusal::NoKey));
    };
    if !caller.scope.includes(scope) {
        return Err(AppError::Api(ApiRefusal::Scope));
    }
    if !caller.account.role.has(right) {
        let (account, key) = (caller.account.id, caller.key);
        tracing::info!(event = "right_refused", account, key, %right, "a right was missing");
        return Err(AppError::MissingRight(right));
    }
    Ok(())
}

/// Leads to the page that the request must pass first. A form comes along and is given back afterwards, unless its route says
/// otherwise.
async fn send_away(
    request: &mut ServiceRequest,
    when_signed_out: WhenSignedOut,
    door: Door,
) -> AppResult<HttpResponse> {
    let interrupted = match when_signed_out {
        WhenSignedOut::GivenBack => interrupted(request).await?,
        WhenSignedOut::AskedAgain => None,
    };
    match interrupted {
        Some(interrupted) => (door.with_form)(request.request(), interrupted),
        None => Ok(page::see_other((door.location)(request.request()))),
    }
}

/// The form of the request, if it is one of ours and comes from one of our pages.
///
/// # Errors
/// Errors after which the form can be sent again: the body was too slow or too large, or there was no room for it.
async fn interrupted(request: &mut ServiceRequest) -> AppResult<Option<Interrupted>> {
    if request.method() != Method::POST {
        return Ok(None);
    }
    let (head, payload) = request.parts_mut();
    match Form::<NoFields>::from_request(head, payload).await {
        Ok(_) => {
            let extensions = request.extensions();
            let sent = extensions.get::<Sent>();
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            Ok(sent.and_then(|sent| Interrupted::new(path, sent)))
        }
        Err(
            error @ (AppError::Overloaded
            | AppError::TooSlow
            | AppError::TooLarge { .. }
            | AppError::TooManyFields { .. }),
        ) => Err(error),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::{App, test};

    use super::*;
    use crate::web::error_pages;

    async fn panics() -> HttpResponse {
        panic!("a fault of ours")
    }

    #[actix_web::test]
    async fn a_handler_that_panics_is_a_500_page_and_the_next_request_is_answered() {
        let app = App::new()
            .configure(|config| {
                let mut routes = Routes::new(Doors::none());
                routes.at("/panics").get(Access::Anyone, panics);
                routes.register(config);
            })
            .wrap(from_fn(error_pages::render));
        let app = test::init_service(app).await;
        for _ in 0..2 {
            let request = test::TestRequest::get().uri("/panics").to_request();
            let answer = test::call_service(&app, request).await;
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let page = String::from_utf8(test::read_body(answer).await.to_vec()).unwrap();
            assert!(page.contains("<h1>") && !page.contains("a fault of ours"));
        }
    }
}
