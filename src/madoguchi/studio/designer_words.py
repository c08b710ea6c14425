"""The words of the designer's scripts, in the language of the page. ``{name}`` is filled in by the script."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Every text that a script may show, by its key."""
    return {**_steps(), **_saving(), **_form(), **_panel(), **_preview()}


def _steps() -> dict[str, str]:
    """What was done, told to those who listen and on undoing."""
    return {
        "done_add": _("「{name}」を足しました。"),
        "done_add_many": _("{n}個の項目を足しました。"),
        "done_remove": _("「{name}」を消しました。Ctrl+Z で戻せます。"),
        "done_duplicate": _("「{name}」を複製しました。"),
        "done_move": _("「{name}」を {total}個のうち {n}番目に移しました。"),
        "done_set": _("「{name}」の{what}を変えました。"),
        "done_type": _("「{name}」の種類を「{kind}」にしました。"),
        "done_group": _("まとまりを足しました。"),
        "done_group_title": _("まとまりの名前を変えました。"),
        "done_group_remove": _("まとまりを外しました。中の項目は残っています。"),
        "done_group_move": _("まとまりを移しました。"),
        "undone": _("元に戻しました：{done}"),
        "redone": _("やり直しました：{done}"),
        "last_column": _("表には列が1つ以上要ります。"),
    }


def _saving() -> dict[str, str]:
    return {
        "saving": _("保存しています…"),
        "saved_at": _("保存しました {time}"),
        "not_saved_yet": _("変更があります"),
        "offline": _("サーバーにつながりません。"),
        "signed_out": _("サインインの時間が切れました。別のタブでサインインし直してください。"),
        "server_trouble": _("サーバーで保存できませんでした。"),
        "kept_here": _("変更はこのタブに残してあり、つながりしだい保存します。"),
        "refused": _("このままでは保存できません。{why}"),
        "recovered": _("前に保存できなかった変更を戻しました。"),
        "conflict_words": _("ほかの人の変更と{n}か所で食い違っています。"),
        "mine": _("あなたの変更"),
        "theirs": _("今の下書き"),
        "theirs_by": _("{who} の変更（{time}）"),
        "choose_all": _("まだ選んでいないところがあります。"),
        "settle_failed": _("送れませんでした。少し待ってから、もう一度押してください。"),
        "findings_n": _("直すところ {n}"),
        "findings_none": _("直すところなし"),
        "findings_empty": _("気になるところは見つかっていません。"),
    }


def _form() -> dict[str, str]:
    return {
        "label": _("項目名"), "code": _("フィールドコード"), "type": _("種類"), "required": _("必須"),
        "personal": _("個人情報"), "staff_only": _("職員だけ"), "conditional": _("条件つき"),
        "no_group": _("まとまりに入っていない項目"), "group_title": _("まとまりの名前"),
        "new_group": _("新しいまとまり"), "first_group": _("基本"),
        "group_up": _("まとまりを上へ"), "group_down": _("まとまりを下へ"), "group_remove": _("まとまりを外す"),
        "empty_form": _(
            "まだ項目がありません。部品を押すか、下の箱に「氏名」のように書いて Enter を押してください。"
        ),
        "tools_of": _("「{name}」の操作"), "move_up": _("「{name}」を上へ"), "move_down": _("「{name}」を下へ"),
        "duplicate": _("「{name}」を複製"), "remove": _("「{name}」を消す"),
        "more_options": _("ほか{n}個"), "not_set": _("（まだ決めていません）"),
        "yen": _("円"), "year": _("年"), "month": _("月"), "day": _("日"), "family": _("姓"), "given": _("名"),
        "no_kind": _("その言葉に合う部品はありません。"),
        "add_n": _("{n}個の項目を足す"), "add_none": _("項目を足す"), "type_of": _("「{name}」の種類"),
    }


def _panel() -> dict[str, str]:
    return {
        "nothing_selected": _("フォームの項目を押すと、ここで名前や決まりを変えられます。"),
        "back_to_table": _("表「{name}」に戻る"),
        "published_type": _("公開中の項目です。種類を変えると、公開の前に、今ある値がどうなるかを確かめられます。"),
        "label_missing": _("項目名を入れてください。"),
        "bad_code": _("文字か「_」で始め、文字、数字、「_」「・」だけを使ってください。"),
        "taken_code": _("この名前はシステムが使っています。"),
        "not_whole": _("整数を入れてください。例：10"), "not_number": _("数を入れてください。例：0.5"),
        "channel_web": _("市のページ"), "channel_counter": _("窓口"),
        "other_languages": _("やさしい日本語・英語"),
        "language_ja_easy": _("やさしい日本語"), "language_en": _("英語"),
        "no_options": _("選択肢を1つ以上書いてください。"),
        "options_help": _("1行に1つ。Excel から貼り付けられます。今 {n}個。「値 = 見せる言葉」とも書けます。"),
        "each_option": _("選択肢ごとの設定"), "option_if": _("この条件のときだけ出す"),
        "option_en": _("英語"), "option_help": _("説明"), "none": _("なし"),
        "completions": _("候補"), "source_ok": _("この式は使えます。"), "source_at": _("{n}文字目"),
        "source_end": _("（終わり）"),
        "column_type": _("列の種類"), "guess_type": _("種類は名前から"), "new_column": _("列を足す"), "add": _("足す"),
        "choose": _("選んでください"), "unknown": _("{name}（見つかりません）"),
        "no_apps": _("見られる公開中のアプリがまだありません。"), "app_first": _("先にアプリを選んでください。"),
        "copy_from": _("相手の項目"), "copy_to": _("写す先の項目"), "take_away": _("外す"),
        "add_copy": _("写す項目を足す"),
    }


def _preview() -> dict[str, str]:
    return {
        "preview_refused": _("今の内容では表示できません。{why}"),
        "preview_trouble": _("プレビューを表示できませんでした。項目を変えるか、少し待つと、もう一度試します。"),
        "chat_title": _("LINEのトーク"), "chat_say": _("メッセージを書く"), "chat_send": _("送る"),
        "chat_photo": _("（写真を送る）"), "chat_place": _("（場所を送る）"),
    }
