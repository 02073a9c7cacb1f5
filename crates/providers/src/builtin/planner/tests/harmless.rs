//! What is not harmless is called only when its own words were said.

use weald_domain::tool::ToolExample;

use super::*;

fn with_ring(effect: EffectClass) -> Vec<ToolSpec> {
    let mut ring = tool("timer_ring", &[], &[]);
    ring.effect = effect;
    ring.examples.push(ToolExample {
        description: "Show every timer".into(),
        args: json!({"id": "all"}),
    });
    vec![ring]
}

async fn asked(text: &str, effect: EffectClass) -> String {
    let mut request = request(text);
    request.tools = with_ring(effect);
    step(&request).await
}

#[tokio::test]
async fn a_tool_with_an_effect_is_not_called_because_of_an_example_that_was_only_guessed() {
    let called = r#"timer_ring {"id":"all"}"#;
    for guess in ["shwo every timer", "zeige every timer"] {
        assert_eq!(asked(guess, EffectClass::Pure).await, called, "{guess}");
        for effect in [EffectClass::Once, EffectClass::Probe] {
            let answer = asked(guess, effect).await;
            assert!(!answer.contains("timer_ring {"), "{guess}: {answer}");
        }
    }
    assert_eq!(asked("Show every timer", EffectClass::Once).await, called);
    assert_eq!(asked("show EVERY timer!", EffectClass::Once).await, called);
}
