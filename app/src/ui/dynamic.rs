use leptos::prelude::*;

/// A value that follows its signals, as one type for all that yield the same: a closure of its own
/// type would be compiled into views, attributes and effects once more.
pub type Dynamic<V> = Box<dyn FnMut() -> V + Send>;

pub fn dynamic<V>(run: impl FnMut() -> V + Send + 'static) -> Dynamic<V> {
    Box::new(run)
}

/// What is done when its signals change, and at first; in the browser only.
pub fn effect(run: impl FnMut() + 'static) {
    boxed(Box::new(run));
}

fn boxed(mut run: Box<dyn FnMut()>) {
    Effect::new(move || run());
}

/// Erases the type of a view as `into_any` does, without the macro's own wrapper, which would be
/// one type more for each element.
pub trait Erase {
    fn any(self) -> AnyView;
}

impl<T: RenderHtml + Send> Erase for View<T> {
    fn any(self) -> AnyView {
        self.into_inner().into_any()
    }
}
