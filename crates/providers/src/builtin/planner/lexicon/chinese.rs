//! Chinese words: a text without spaces, cut by the longest word that is known.

use super::super::language::is_han;

/// Chinese and English; an empty English word is left out of the sentence.
const WORDS: &[(&str, &str)] = &[
    // verbs
    ("列出", "list"),
    ("列一下", "list"),
    ("显示", "show"),
    ("看看", "show"),
    ("查看", "show"),
    ("看一下", "show"),
    ("展示", "show"),
    ("给我看", "show"),
    ("读取", "read"),
    ("阅读", "read"),
    ("读一下", "read"),
    ("读", "read"),
    ("打开", "open"),
    ("搜索", "search"),
    ("搜一下", "search"),
    ("检索", "search"),
    ("查找", "find"),
    ("找到", "find"),
    ("找出", "find"),
    ("寻找", "find"),
    ("找", "find"),
    ("统计", "count"),
    ("计算", "count"),
    ("数一下", "count"),
    ("数一数", "count"),
    ("总结", "summarise"),
    ("概括", "summarise"),
    ("摘要", "summary"),
    ("概述", "summary"),
    ("包含", "containing"),
    ("含有", "containing"),
    ("比较", "diff between"),
    ("对比", "diff between"),
    ("名为", "named"),
    ("叫做", "named"),
    ("出现", "occurrences"),
    // questions
    ("多少", "how many"),
    ("几个", "how many"),
    ("有什么", "what is in"),
    ("什么", "what"),
    ("哪些", "which"),
    ("哪个", "which"),
    ("有哪些", "which"),
    ("哪里", "where"),
    ("在哪里", "where"),
    ("在哪", "where"),
    ("谁", "who"),
    ("内容", "content"),
    // things
    ("文件夹", "folder"),
    ("目录", "folder"),
    ("文件", "files"),
    ("行数", "lines"),
    ("行", "lines"),
    ("更改", "changes"),
    ("改动", "changes"),
    ("修改", "changes"),
    ("变化", "changed"),
    ("变更", "changed"),
    ("改变", "changed"),
    ("改了", "changed"),
    ("发生了", "happened"),
    ("提交记录", "commits"),
    ("提交历史", "history"),
    ("提交", "commits"),
    ("历史", "history"),
    ("日志", "log"),
    ("未提交", "uncommitted"),
    ("没有提交", "uncommitted"),
    ("状态", "status"),
    ("当前分支", "current branch"),
    ("分支", "branch"),
    ("差异", "diff"),
    ("区别", "diff"),
    ("暂存", "staged"),
    ("项目", "project"),
    ("仓库", "repository"),
    ("代码", "code"),
    ("这里", "here"),
    ("最大", "largest"),
    ("单词", "word"),
    ("文本", "text"),
    ("测试", "test"),
    ("图片", "image"),
    // joints
    ("在", "in"),
    ("里面", "里"),
    ("里", "里"),
    ("下面", "里"),
    ("中", "里"),
    ("下", "里"),
    ("从", "from"),
    ("到", "to"),
    ("和", "and"),
    ("与", "and"),
    ("跟", "and"),
    ("然后", "then"),
    ("并且", "then"),
    ("接着", "then"),
    ("再", "then"),
    ("并", "then"),
    ("所有", "all"),
    ("全部", "all"),
    ("我的", "my"),
    ("这个", "this"),
    ("它们", "them"),
    ("它", "it"),
    ("请", "please"),
    ("的", ""),
    ("了", ""),
    ("个", ""),
    ("次", ""),
    ("条", ""),
    ("第", ""),
    ("吗", ""),
    ("呢", ""),
    ("有", ""),
    ("一下", ""),
    ("前", "first"),
    // time
    ("今天", "today"),
    ("昨天", "yesterday"),
    ("这周", "this week"),
    ("本周", "this week"),
    ("这个星期", "this week"),
    ("上周", "last week"),
    ("这个月", "this month"),
    ("本月", "this month"),
    ("上个月", "last month"),
    ("今年", "this year"),
    ("最近", "last"),
    ("过去", "last"),
    ("天", "days"),
    ("周", "weeks"),
    ("个月", "months"),
    ("年", "years"),
    ("自从", "since"),
    ("自", "since"),
    ("一", "one"),
    ("二", "two"),
    ("两", "two"),
    ("三", "three"),
    ("四", "four"),
    ("五", "five"),
    ("六", "six"),
    ("七", "seven"),
    ("八", "eight"),
    ("九", "nine"),
    ("十", "ten"),
    // talk
    ("你好", "hello"),
    ("您好", "hello"),
    ("早上好", "hello"),
    ("帮助", "help"),
    ("你能做什么", "what can you do"),
    ("你会什么", "what can you do"),
    ("你能", "can you"),
    ("你是谁", "who are you"),
    ("取消", "cancel"),
    ("算了", "cancel"),
    ("不用了", "cancel"),
    ("继续", "more"),
    ("更多", "more"),
    ("再来一次", "again"),
    ("重复", "again"),
    ("是的", "yes"),
    ("不是", "no"),
];
/// Letters of the longest word above.
const LONGEST: usize = 5;

/// A text as words: as they were written, and the English for those that are known.
pub(in super::super) fn segments(text: &str) -> Vec<(String, Option<&'static str>)> {
    let letters: Vec<char> = text.chars().collect();
    let mut out: Vec<(String, Option<&'static str>)> = vec![];
    let mut unknown = String::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        if let Some((length, english)) = longest(&letters, at) {
            close(&mut unknown, &mut out);
            let word = letters.iter().skip(at).take(length).collect();
            out.push((word, Some(english)));
            at += length;
            continue;
        }
        // `说明.md` is one word, `说明README` is two.
        let turns = unknown.chars().last().is_some_and(|last| {
            let joins =
                matches!(letter, '.' | '/' | '_' | '-') || matches!(last, '.' | '/' | '_' | '-');
            is_han(last) != is_han(*letter) && !joins
        });
        if turns {
            close(&mut unknown, &mut out);
        }
        unknown.push(*letter);
        at += 1;
    }
    close(&mut unknown, &mut out);
    out
}

fn close(unknown: &mut String, out: &mut Vec<(String, Option<&'static str>)>) {
    if !unknown.is_empty() {
        out.push((std::mem::take(unknown), None));
    }
}

fn longest(letters: &[char], at: usize) -> Option<(usize, &'static str)> {
    is_han(*letters.get(at)?).then_some(())?;
    (1..=LONGEST).rev().find_map(|length| {
        let window: String = letters.get(at..at + length)?.iter().collect();
        let (_, english) = WORDS.iter().find(|(chinese, _)| *chinese == window)?;
        Some((length, *english))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_by_the_longest_word() {
        let told = |text: &str| -> Vec<String> {
            let words = segments(text).into_iter();
            words
                .map(|(raw, english)| format!("{raw}={}", english.unwrap_or("?")))
                .collect()
        };
        assert_eq!(
            told("在src里搜索TODO"),
            ["在=in", "src=?", "里=里", "搜索=search", "TODO=?"]
        );
        assert_eq!(told("有哪些文件夹"), ["有哪些=which", "文件夹=folder"]);
        assert_eq!(told("打开说明.md"), ["打开=open", "说明.md=?"]);
        let longest = WORDS
            .iter()
            .map(|(chinese, _)| chinese.chars().count())
            .max();
        assert_eq!(longest, Some(LONGEST));
    }
}
