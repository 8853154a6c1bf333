//! Waiting of a page on the server until the data it renders is stored.

use leptos::{prelude::*, reactive::computed::suspense::SuspenseContext, task};

use crate::api::read::ReadResponse;

/// Lets the surrounding `Transition` wait until a response is stored.
///
/// `reactive_graph` 0.3.0-rc1 lets it continue as soon as the response has arrived, which is shortly before it is stored. Another
/// thread can render in between: the page then lacks what the browser renders from the data, and cannot be hydrated.
pub(super) fn wait(response: Resource<ReadResponse>) {
    let Some(transition) = use_context::<SuspenseContext>() else {
        return;
    };
    let pending = transition.task_id();
    let stored = response.ready();
    task::spawn(async move {
        stored.await;
        drop(pending);
    });
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::{Arc, Mutex},
        task::{Context, Wake, Waker},
    };

    use any_spawner::Executor;
    use leptos::reactive::computed::suspense::SuspenseContext;
    use tokio::{runtime::Builder, sync::oneshot};

    use super::*;
    use crate::{api::error::ApiError, components::loaded::Loaded};

    /// Notes, when the rendering may continue, whether the response is stored.
    struct Continues {
        response: Resource<ReadResponse>,
        is_stored: Mutex<Option<bool>>,
    }

    impl Wake for Continues {
        fn wake(self: Arc<Self>) {
            let mut stored = pin!(self.response.ready());
            let mut context = Context::from_waker(Waker::noop());
            let is_stored = stored.as_mut().poll(&mut context).is_ready();
            *self.is_stored.lock().unwrap() = Some(is_stored);
        }
    }

    #[test]
    fn transition_continues_once_the_response_is_stored() {
        drop(Executor::init_tokio());
        let runtime = Builder::new_current_thread().build().unwrap();
        let (respond, responded) = oneshot::channel();
        let responded = Mutex::new(Some(responded));
        let owner = Owner::new();
        runtime.block_on(async {
            let continues = owner.with(|| {
                let transition = SuspenseContext::new(ArcRwSignal::default());
                provide_context(transition.clone());
                let response = Resource::new(
                    || (),
                    move |()| {
                        let responded = responded.lock().unwrap().take().unwrap();
                        async move { responded.await.unwrap() }
                    },
                );
                let loaded: Loaded<String> = Loaded::of(response);
                assert_eq!(loaded.get(), None);
                let continues = Arc::new(Continues {
                    response,
                    is_stored: Mutex::default(),
                });
                assert!(!transition.poll_empty(&Waker::from(Arc::clone(&continues))));
                continues
            });
            respond
                .send(ReadResponse::failed(ApiError::unanswered(false)))
                .unwrap();
            continues.response.ready().await;
            while continues.is_stored.lock().unwrap().is_none() {
                tokio::task::yield_now().await;
            }
            assert_eq!(*continues.is_stored.lock().unwrap(), Some(true));
        });
    }
}
