# Text of matdock-lab.
## lab.toml と recipe.toml の読み込み
lab-toml = TOML として読めません: { $what }
lab-missing-key = ここに「{ $key }」がありません。追加してください。
lab-unknown-key = ここに「{ $key }」というキーはありません。使えるもの: { $known }
lab-unknown-key-near = ここに「{ $key }」というキーはありません。「{ $near }」の間違いではありませんか。
lab-wrong-type = 「{ $key }」は { $wanted } のように書いてください。
lab-whole-number = 「{ $key }」は { $least } 以上 1000000 以下の整数にしてください。
lab-choice = 「{ $key }」は次のどれかにしてください: { $choices }
lab-no-quantity = 「{ $text }」は単位つきの数ではありません。"450 Cel" のように書いてください。
lab-no-time = 「{ $text }」は時間の長さではありません。"30 s"、"5 min"、"2 h" のように、負でなく 1e9 s 未満で書いてください。
lab-no-station = 実験室に装置がありません。[[station]] を少なくとも 1 つ書いてください。
lab-no-step = レシピに工程がありません。[[step]] を少なくとも 1 つ書いてください。
lab-station-twice = 名前「{ $name }」は重複しているか予約されています。装置とロボットにはそれぞれ別の名前をつけてください(「outside」は試料が来る場所です)。
lab-capability-twice = 装置「{ $station }」に機能「{ $name }」が 2 回あります。1 つを消してください。
lab-unknown-station = 装置「{ $name }」はありません。実験室にあるもの: { $known }
lab-unknown-station-near = 装置「{ $name }」はありません。「{ $near }」の間違いではありませんか。
lab-retries = 「retries」には「repeatable = true」が必要です。2 回行ってはならない動作は決してやり直しません。
lab-parameter-limits = パラメータ「{ $name }」には、「min」と「max」(と「unit」)、「choices = [...]」、「flag = true」のどれか 1 つが必要です。
lab-parameter-order = パラメータ「{ $name }」の min { $min } が max { $max } より大きくなっています。入れ替えてください。
lab-setting = 「{ $name }」: { $what }
lab-setting-limits = 「{ $name }」= { $value } は装置の限界 { $min } から { $max } { $unit } の外です。設定か限界を変えてください。
lab-setting-choice = 「{ $name }」= { $value } は装置の選択肢にありません: { $choices }
lab-setting-flag = 「{ $name }」= { $value } は true か false にしてください。
lab-setting-number = 「{ $name }」= { $value } は { $unit } の数にしてください。
lab-step-twice = 工程「{ $name }」が 2 つあります。別の名前にしてください。
lab-step-kind = 工程「{ $name }」には「capability」(装置で行うこと)か「analysis」(計算すること)のどちらか一方が必要です。
lab-step-cycle = 次の工程が互いに待ち合って輪になっています: { $names }。「after」を 1 つ消してください。
lab-unknown-step = 工程「{ $name }」はありません。レシピにあるもの: { $known }
lab-unknown-step-near = 工程「{ $name }」はありません。「{ $near }」の間違いではありませんか。
lab-lag-order = 「{ $from }」から「{ $to }」への時間制限は意味がありません。「{ $to }」は「{ $from }」の後ではありません。「after」に「{ $from }」を加えてください。
lab-lag-range = 「{ $from }」から「{ $to }」への時間制限の min が max より大きくなっています。入れ替えてください。
lab-rate = 「rate」は "5 nm/min" のような単位つきの正の数にしてください。
lab-output = 出力「{ $name }」は "fit.resistance" のように「工程.値」と書いてください。
lab-live-share = 「{ $text }」は工程の割合ではありません。"50 %" のように、0 % より大きく 100 % より小さく書いてください。
lab-stop-rule = 「{ $text }」は規則になっていません。"torque_end > 12 N.m" のように、レシピの出力、< または >、単位つきの値を書いてください。
lab-stop-unknown = 「{ $name }」という出力や特徴量はありません。レシピにあるもの: { $known }
lab-stop-unknown-near = 「{ $name }」という出力や特徴量はありません。「{ $near }」の間違いではありませんか。
lab-stopped-by-rule = { $step } の { $share } % で早期終了: { $value }、規則「{ $rule }」による
lab-unbound = 「${ $name }」というパラメータはキャンペーンにありません。あるもの: { $known }
lab-unbound-near = 「${ $name }」というパラメータはキャンペーンにありません。「${ $near }」の間違いではありませんか。
## 装置との通信
lab-bad-reply = 返答が決められた JSON ではありません: { $what }
lab-no-stream = この動作に系列「{ $name }」はありません。
lab-unknown-physics = 模擬の物理「{ $name }」はありません。使えるもの: { $known }
## 実行
lab-step = 工程「{ $step }」: { $what }
lab-not-offered = 機能「{ $capability }」をもつ装置がありません。
lab-setting-missing = 装置「{ $station }」には設定「{ $name }」が必要です。工程の「parameters」に加えるか、実験室ファイルで「default」を与えてください。
lab-no-duration = 工程の所要時間(「duration」)も装置「{ $station }」の所要時間(「process_time」)もありません。どちらかを書いてください。
lab-unknown-parameter = 装置「{ $station }」に設定「{ $name }」はありません。あるもの: { $known }
lab-unknown-parameter-near = 装置「{ $station }」に設定「{ $name }」はありません。「{ $near }」の間違いではありませんか。
lab-no-value = 工程から「{ $value }」の報告がありません
lab-journal = ジャーナルの項目 { $sequence } はそれまでの内容と合いません。別の実験室・レシピのジャーナルか、壊れています。実行を始めたときのファイルに戻すか、新しい実行を始めてください。
lab-no-driver = 「{ $station }」にドライバーがありません。
lab-sample-twice = 試料 { $name } はすでに投入されています。
lab-sample = 試料 { $name } は作れません: { $what }
lab-unknown-sample = 未完了の試料 { $sample } はありません。
lab-no-answer = { $seconds } 秒以内に返答がありません
lab-unknown-end = 動作の途中で matdock が止まり、装置からもその結果が分かりません
lab-not-a-number = 装置が数でない値を報告しました
lab-unknown-analysis = 解析「{ $name }」はありません。使えるもの: { $known }
lab-lag-passed = 工程「{ $to }」が「{ $from }」の後 { $max } 秒以内に始まりませんでした
lab-exposure-passed = 曝露「{ $name }」が { $max } 秒を超えました
lab-waiting-stopped = 実行を止めているところです。続けるにはもう一度始めてください。
lab-waiting-paused = 実行は一時停止中です。再開するには、次のように入力してください: resume
lab-waiting-out = 「{ $station }」は使用停止中です({ $reason })。状態を確かめ、残っている試料を取り出してから、次のように入力してください: back { $typed }
lab-waiting-stuck = { $samples } に対してできることがありません。実験室とレシピのファイルに `matdock lab check` を実行してください。
lab-simulation-stuck = シミュレーションが進みません: { $reasons }
lab-simulation-samples = { $samples } 個の試料はシミュレーションできません。{ $min } から { $max } までの数にしてください。
## プログラムによる装置
lab-program-start = プログラム「{ $program }」を起動できません: { $why }。実験室ファイルの「program」を確かめてください。スクリプトなら、実行権限と、1 行目(#!)のプログラムがあることも確かめてください。
lab-program-output = プログラム「{ $program }」の出力が { $limit } KiB を超えたため止めました。正しい量なら「output_limit_kib」を大きくしてください。
lab-program-timeout = プログラム「{ $program }」が { $seconds } 秒以内に終わらないため止めました
lab-program-lost = プログラム「{ $program }」が失われました: { $why }
lab-program-exit = プログラム「{ $program }」が終了コード { $code } で終わりました { $said }
## 点検
lab-not-offered-near = 機能「{ $capability }」をもつ装置がありません。「{ $near }」の間違いではありませんか。
lab-unknown-analysis-near = 解析「{ $name }」はありません。「{ $near }」の間違いではありませんか。
lab-check-unused = キャンペーンのパラメータ「{ $name }」はレシピで使われていません。変えても何も変わりません。
lab-check-no-campaign = キャンペーンの指定がないため、次のパラメータの単位と範囲は点検していません: { $names }。これらも点検するには --campaign CAMPAIGN を加えてください。
lab-check-bound = キャンペーンのパラメータ「{ $name }」: { $what }
lab-check-timeout = 装置「{ $station }」は { $timeout } 秒であきらめますが、工程は { $duration } 秒かかることがあります。「timeout」を大きくしてください。
lab-check-from = 解析「{ $step }」は装置で行ったことを対象にしなければなりません。「{ $from }」自体が解析です。
lab-check-stream = 解析「{ $step }」は系列「{ $stream }」を読みますが、通常の対象は「{ $wanted }」です。
lab-check-output = 出力「{ $name }」: 解析から「{ $value }」は得られません。得られるもの: { $known }
lab-check-lag = 「{ $to }」は「{ $from }」の後 { $max } 秒以内に始める必要がありますが、移るだけで少なくとも { $needed } 秒かかります。「max」を大きくしてください。
lab-check-in-flight = 同時に { $in_flight } 試料まで進められますが、装置には { $places } 試料しか置けません。残りは外で待ちます。
lab-check-no-timeout = 装置「{ $station }」に「timeout」がありません。返答が失われると試料がいつまでも待ちます。
lab-check-alone = 試料 1 つだけでも最後まで進めません: { $reason }。制限を緩めるか、間の工程を短くしてください。
lab-check-traffic = 予行では { $samples } 試料中 { $lost } 試料が混雑のため最後まで進めませんでした: { $reasons }。「in_flight」を下げるか制限を緩めてください。
lab-program-forgot = プログラム「{ $program }」は動作中と答えた後、始まっていないと答えました
lab-check-physics = 模擬の物理「{ $physics }」は「{ $capability }」を行えません。できること: { $known }
