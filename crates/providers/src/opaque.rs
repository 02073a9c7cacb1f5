//! What a provider must see again verbatim, and nobody else at all: signatures, redacted blocks.
//!
//! A wire marks such a value with its name (`"wire"`), the client with the provider's id
//! (`"provider"`). A conversation may change its model between turns; what another provider or
//! another wire made is then left out, and everything else of the message is translated.

use futures::StreamExt as _;
use serde_json::{Value, json};
use weald_domain::{
    message::Part,
    model::{ModelEvent, ModelRequest},
    ports::models::ModelStream,
    slug::Slug,
};

const WIRE: &str = "wire";
const PROVIDER: &str = "provider";

/// The values kept with a reasoning that this wire made, in order.
pub(crate) fn of_wire<'a>(
    kept: Option<&'a Value>,
    wire: &'static str,
) -> impl Iterator<Item = &'a Value> {
    all(kept)
        .iter()
        .filter(move |value| value.get(WIRE).and_then(Value::as_str) == Some(wire))
}

/// What was kept with a reasoning: one value, or several that came one after the other.
pub(crate) fn all(kept: Option<&Value>) -> &[Value] {
    match kept {
        Some(Value::Array(several)) => several,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// Takes out of a request what another provider made.
pub(crate) fn keep_own(request: &mut ModelRequest, provider: &Slug) {
    let is_own = |value: &Value| {
        let maker = value.get(PROVIDER).and_then(Value::as_str);
        maker.is_none_or(|maker| maker == provider.as_str())
    };
    let parts = request.messages.iter_mut().flat_map(|m| &mut m.parts);
    for part in parts {
        let Part::Reasoning { provider: kept, .. } = part else {
            continue;
        };
        if !all(kept.as_ref()).iter().all(is_own) {
            let own = all(kept.as_ref()).iter().filter(|value| is_own(value));
            *kept = Some(own.cloned().collect());
        }
    }
}

/// Marks what a stream wants kept with the provider that made it.
pub(crate) fn marked(stream: ModelStream, provider: Slug) -> ModelStream {
    let mark = move |event| match event {
        Ok(ModelEvent::ReasoningProvider(Value::Object(mut members))) => {
            members.insert(PROVIDER.into(), json!(provider));
            Ok(ModelEvent::ReasoningProvider(Value::Object(members)))
        }
        other => other,
    };
    stream.map(mark).boxed()
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;
    use crate::sample;

    fn thought(provider: Value) -> Part {
        Part::Reasoning {
            text: "hm".into(),
            state: weald_domain::message::TextState::Done,
            provider: Some(provider),
        }
    }

    #[tokio::test]
    async fn what_a_provider_made_goes_back_to_it_alone() {
        let value = json!({"wire": "anthropic", "signature": "x"});
        let said = stream::iter([Ok(ModelEvent::ReasoningProvider(value))]).boxed();
        let said = sample::collect(marked(said, "one".parse().expect("a slug"))).await;
        let Ok(ModelEvent::ReasoningProvider(kept)) = &said[0] else {
            panic!("{said:?}");
        };
        let old = json!({"field": "reasoning"});
        let sent = |to: &str| {
            let part = thought(json!([kept, old]));
            let mut request = sample::request("m", vec![sample::assistant(vec![part])]);
            keep_own(&mut request, &to.parse().expect("a slug"));
            request.messages[0].parts[0].clone()
        };
        assert_eq!(sent("one"), thought(json!([kept, old])));
        assert_eq!(sent("two"), thought(json!([old])));
    }

    #[test]
    fn a_value_belongs_to_one_wire() {
        let kept = json!([{"wire": "a", "n": 1}, {"wire": "b"}, {"wire": "a", "n": 2}, 7]);
        let own: Vec<_> = of_wire(Some(&kept), "a").map(|v| v["n"].clone()).collect();
        assert_eq!(own, [1, 2]);
        assert_eq!(of_wire(None, "a").count(), 0);
    }
}
