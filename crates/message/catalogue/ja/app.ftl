# Text of matdock-app.
app-toml = { $reason }。すべてのキーは docs/campaign-file.md にあります。
app-campaign-unreadable = キャンペーンファイル「{ $file }」を読めません({ $reason })。campaign.toml かそのフォルダを指定してください。`matdock new 名前` で作れます。
app-campaign-name = 「{ $name }」はキャンペーン名に使えません。文字、数字、「-」「_」「.」を使ってください(100 字まで、先頭の「.」は不可)。
app-campaign-other-seed = ドックには既にシード { $old } のキャンペーン「{ $name }」があります。今回のシードは { $new } です。別の名前にするか、--dock で別のドックを使ってください。
app-target-missing = 「{ $outcome }」の目的は目標値ですが、値がありません。`target = 値` か、範囲なら `low = ...` と `high = ...` を加えてください。
app-target-surplus = 「{ $outcome }」の目的に `target` か範囲（`low`、`high`）がありますが、direction が "target" ではありません。
app-name-plain = 「{ $name }」は名前にできません。記入用シートの列になるため、改行のない短い名前にし、単位は `unit` に書いてください。
app-name-reserved = 「{ $name }」は記入用シートの専用の列名(suggestion, row, outcome, reason)です。別の名前にしてください。
app-name-twice = 名前「{ $name }」が二度使われています。パラメータと結果にはそれぞれ別の名前が必要です。
app-planner-share = `initial` が「{ $text }」(プールに対する割合)ですが、プールがありません。5 のような数を書いてください。
app-record-huge = { $value } は実験室で測れる大きさではありません。セルを直すか、大きな単位を使ってください。
app-stop-at = 「{ $outcome }」の `stop_at` が有限の数値ではありません。
app-outcome-name = 名前が空の結果があります。
app-outcome-unit-twice = 結果「{ $outcome }」の単位が「{ $first }」と「{ $second }」の二通りあります。一つにしてください。
app-parameter-name = 名前が空のパラメータがあります。
app-parameter-key = パラメータ「{ $name }」には `{ $key }` が必要です。
app-watch-unknown = { $folder }: 提案 { $number } はありません。このフォルダはそのままにします。
app-watch-trial = 試行 { $number } は記録されませんでした: { $what }
app-watch-partial = センサーの値のみ。残りは後で入力
app-parameter-used-up = 在庫がありません
app-history-level = 実験 { $number } は { $name } = { $level } で行われましたが、キャンペーンファイルにこの値がもうありません。`levels`(または表)に残し、`used_up` に書いてください。そうすれば提案されず、結果は生かされます。
app-parameter-surplus = パラメータ「{ $name }」の `{ $key }` はその型には使えません。
app-parameter-whole = パラメータ「{ $name }」は整数ですが、{ $value } は整数ではありません。
app-parameter-level = パラメータ「{ $name }」の水準 { $level } はその型に合いません。
app-formula-outside-pool = パラメータ「{ $name }」は化学式です。化学式には候補の [pool] が必要です。
app-planner-initial = `initial` が「{ $text }」です。5 のような数、またはプールがあれば "5 %" のような割合を書いてください。
app-budget-zero = 実験 0 回の予算では何もできません。
app-duration = 「{ $text }」は時間の長さではありません。"36 h" や "2 d" のように数と単位を書いてください。
app-setting-missing = 設定「{ $name }」がありません。
app-pool-no-such-row = キャンペーン「{ $campaign }」のプールにその行はありません。表が変わっていませんか。
app-plot = 図を描けませんでした: { $reason }。
app-file-unreadable = ファイル「{ $file }」を読めません: { $reason }。
app-file-unwritable = 「{ $file }」に書けません: { $reason }。
app-no-history = ドックにキャンペーン「{ $name }」はまだありません。`matdock suggest` か `matdock run` で始めてください。
app-backtest-no-data = このキャンペーンにはプールがありません。終わった実験の表を --data で指定してください。
app-backtest-outside = キャンペーンの範囲内にあるのは { $rows } 行のうち { $inside } 行だけです。少なくとも 2 行必要です。範囲と単位を確かめるか、別の表を使ってください。
app-initial-few = { $file }: 初期実験は { $found } 回分ですが、{ $seeds } 回が求められています。行を足すか --seeds を減らしてください。
app-initial-json = 行番号のリストのリスト(JSON)ではありません: { $reason }。
app-initial-row = 「{ $text }」は表の行番号(0 から { $last })ではありません。
app-budget-used = 実験 { $budget } 回の予算を使い切りました(終了 { $finished }、提案済みで待機中 { $pending })。待機中の結果を記録するか、ファイルの `experiments` を増やしてください。
app-suggest-zero = 提案数が 0 です。-n で 1 以上を指定してください。
app-export-where = 「{ $text }」は条件ではありません。campaign, kind, sample, name, outcome のいずれかで 名前=値 と書いてください。
app-export-no-campaign = ドックにキャンペーン「{ $name }」はありません。あるもの: { $known }。
app-export-no-sample = ドックに試料「{ $name }」はありません。
app-journal-line = ジャーナル { $journal } の { $line } 行目を使えません: { $reason }。`matdock verify` を実行してください。
app-journal-stream = 動作 { $action } の系列「{ $name }」がドックにありません。`matdock verify` を実行してください。
app-pool-empty = `where` に合う行がありません。
app-pool-small = 候補の行が { $rows } 行しかありません。プールには 2 行以上必要です。
app-pool-no-parameters = プールには表の列を示す [[parameter]] が少なくとも 1 つ必要です。
app-pool-cell-empty = パラメータ「{ $name }」のセルが空です。記入するか、その行を除いてください。
app-pool-constant = すべての行の設定が同じで、選ぶものがありません。
app-pool-duplicate = この行の設定は { $line } 行目と同じです。どちらかを除いてください。`matdock backtest` では繰り返し測定として扱います。
app-record-column = 列「{ $name }」はこのキャンペーンの設定でも結果でもありません(結果: { $outcomes })。名前を直すか除いてください。
app-record-no-features = キャンペーン「{ $name }」にはファイルから取り出すものがありません。[[intermediate]] か [[objective]] に feature = "level of torque in torque.csv" のように書いてください。
app-record-no-folder = フォルダ { $folder } がありません。
app-record-no-trial-folder = { $folder } に提案 { $number } のフォルダがありません(trial-{ $number } など)。
app-record-two-folders = 番号 { $number } のフォルダが 2 つあります: { $first } と { $second }。どちらかの名前を変えてください。
app-record-file-huge = { $file } は { $most } MiB を超えています。
app-record-axis = 列「{ $name }」は軸のはずですが、数値がありません（最初は「{ $found }」）。数値か、2026-11-22 10:03:05 や 10:03:05 のような時刻を書いてください。
app-record-which-column = { $file } の列は { $known } です。「列 in { $file }」と書くか、軸と 1 列だけを残してください。
app-record-set = 「{ $name }」は結果ではないか、二度指定されています。結果は { $outcomes } です。
app-feature-in-lab = 「{ $name }」はファイルの特徴量ですが、実験は装置が行います。レシピの [features] に書いてください。
app-pixel-alone = 「{ $name }」に画素の大きさがありますが、画像の特徴量がありません。
app-record-no-outcome = シートに結果 { $outcomes } も列「outcome」もありません。`matdock suggest --out` のシートを使ってください。
app-record-unknown = 提案 { $number } はありません。最後は { $last } です。自分の実験ならセルを空にしてください。
app-record-twice = 提案 { $number } は既に { $line } 行目にあります。
app-record-answered = 提案 { $number } には既に結果があります。置き換えるには --correct を付けてください。以前の結果は古い版として残ります。
app-record-reason-only = 理由がありますが、実験がどう終わったかがありません。列「outcome」に failed, partial, aborted, uncertain のいずれかを書いてください。
app-record-no-value = 成功とありますが、結果が記入されていません。
app-record-word = 「{ $word }」では実験の終わり方が分かりません。succeeded, failed, partial, aborted, uncertain のいずれか、または空欄にしてください。
app-record-setting = 設定「{ $name }」がありません。自分の実験にはすべての設定が必要です。
app-record-range = 「{ $name }」の { $value } はキャンペーンの範囲({ $allowed })の外です。セルを直すか、ファイルの範囲を広げてください。
app-record-pool-changed = 提案では「{ $name }」は { $asked } ですが、シートでは { $found } です。プールの設定は変えられません。別の行を記録するなら suggestion のセルを空にしてください。
app-run-no-lab = キャンペーン「{ $name }」には [lab] がありません。実験は人が行います: `matdock suggest` と `matdock record` を使ってください。
app-run-check = このラボではレシピを実行できません:{ $problems }
app-run-no-output = 目標は「{ $outcome }」ですが、レシピが出すのは { $outputs } だけです。
app-run-virtual = 仮想時間にはすべてのステーションが模擬である必要があります。[lab] で time = "real" としてください。
app-run-stuck = ラボが進めません:{ $reasons }
app-show-nothing = ドックに「{ $text }」はありません。`matdock export --what samples` で試料を一覧できます。
app-show-many = 「{ $text }」で始まる記録が { $count } 件あります。ID をもっと長く指定してください。
app-verify-two-samples = 提案 { $suggestion } に試料が 2 つあります: { $first } と { $second }。
app-verify-two-results = 試料 { $sample } に結果が 2 つあります: { $first } と { $second }。

# Comments of new campaign files.
app-new-head =
    matdock のキャンペーン: 何を良くするか、何を変えてよいか、どこまで行うか。
    すべてのキーは docs/campaign-file.md にあります。「#」で始まる行は注釈です。
app-new-budget = 実験の上限(失敗を含む)。
app-new-objective =
    目標。direction: "maximise"(大きく)、"minimise"(小さく)、または "target" と target = 値。
    複数の [[objective]] は weight で重み付け。stop_at に達したら終了。単位は UCUM コード(Cel, Pa, S/cm, Ohm.cm2 など)。
app-new-bound = 範囲内に保つべきその他の結果。
app-new-parameter =
    変えてよいもの。type: "continuous"(min, max、桁が変わる範囲は scale = "log"、step は装置の刻み)、
    "integer"、"ordinal"(levels = [数値])、"categorical"(levels = [名前])。
app-new-pool = 候補: 表の行。label は行の名前の列、where はこの値の行だけを使う。
app-new-pool-parameter =
    候補を表す列。型は表から推定しました。違っていたら直してください:
    "continuous", "integer", "ordinal", "categorical"、または "formula"(化学式。元素の性質を通して見る)。
app-new-planner = initial: モデルが引き継ぐ前に空間を覆う初期実験の数。
app-new-lab = 模擬ラボ。`matdock run` で動かします。lab.toml と recipe.toml はこのファイルの隣にあります。
app-new-exists = フォルダ「{ $folder }」は空ではありません。別の名前にしてください。何も変更していません。
app-new-no-objective = 何を良くするかを指定してください: --maximize 結果、--minimize 結果、--target 結果=値。
app-new-input-is-outcome = 「{ $name }」は結果なので、入力にはできません。
app-new-input-empty = 列「{ $name }」は空です。

# Reports and plots.
app-report-title = キャンペーン { $name }
app-report-counts = 実験: { $finished }(成功 { $succeeded }、失敗 { $failed }、中止・不明 { $other })
app-report-time = ラボ時間: { $time }
app-report-goal = 目標に達しました。
app-report-nothing = 使える結果はまだありません。
app-report-best = 最良: 試料 { $sample }、実験 { $number }
app-report-value = {"  "}{ $name }: 測定 { $measured }、モデル { $mean }{ $unit }(90 % 区間 { $low } ~ { $high })
app-report-setting = {"  "}{ $name } = { $value }
app-report-comparison = { $outcome } が { $level }{ $unit } に達するまで(模擬による計算):
app-report-random = {"  "}ランダム探索には { $factor } 倍の実験が必要({ $random } 対 { $loop }。同じ模擬ラボのランダム実験 { $simulated } 回中 { $reached } 回が到達)
app-report-hand = {"  "}一人が試料を一つずつ手作業すると、同じ { $experiments } 回の実験に { $factor } 倍のラボ時間({ $hand } 対 { $loop }。1 日 { $hours } 時間、週 { $days } 日、始めた工程は時間外も続く)
app-plot-best = { $name }: 最良値の推移
app-plot-experiment = 実験
app-plot-measured = 測定
app-plot-failed = 失敗
app-plot-best-line = これまでの最良
app-plot-model = モデル
app-plot-interval = 90 % 区間
app-plot-experiments = 実験数
app-plot-random = ランダム探索
app-plot-backtest-best = { $name }: 最良値の推移({ $seeds } 回の平均)
app-plot-backtest-front = { $name }: 真のパレートフロントのハイパーボリュームに対する割合({ $seeds } 回の平均)
app-plot-backtest-rows = { $name }: 真のパレートフロント { $rows } 行のうち見つけた行数
app-plot-hypervolume = ハイパーボリュームの割合
app-plot-front-rows = フロントの行数
app-sheet-how = 記入のしかた
app-sheet-instructions =
    結果の列に記入: 数値(3.2)、検出限界(<1e-10)、または不確かさ付きの値(3.2 ± 0.1)。単位は見出しの通り。
    まだ行っていない行は空のままに。待機中として残ります。
    outcome: うまくいったら空欄。そうでなければ failed, partial(最後の工程の前に意図して終了), aborted, uncertain のいずれか。理由は reason 列に。失敗もデータです。
    実際の設定が提案と違うときは、シートの設定を直してください。
    自分の実験: suggestion のセルを空にし、すべての設定を書いた行を加えます。
# ラボの実行中に入力するコマンド
app-stop-early-below = [stop_early] の "below" が { $below } です。0.02 のように、0 より大きく 1 より小さい確率を書いてください。
app-stop-early-lab = [stop_early] には実験を行うラボが必要です。[lab] を加えるか、[stop_early] を消してください。
app-stopped-early = { $step } の { $share } % で早期終了: 最良を超える確率 { $chance } %
app-partial-step = [[partial]] の工程「{ $until }」はレシピにありません。あるもの: { $known }
app-not-finished = { $step } の後で終了: 見えたものから、残りの費用に見合う改善が新しい試料ほど見込めないため
app-stopped-by-person = { $place } で早期終了: { $reason }
app-stopped = { $sample }: { $reason }。節約したラボ時間: { $time }。
app-outlook = { $sample } { $step } { $share } %: { $outcome } はおそらく { $low } ～ { $high }{ $unit }。最良を超える確率 { $chance } %
app-report-partial = 早期終了: { $count } 件。節約した予定ラボ時間: { $time }
app-report-partial-only = 早期終了: { $count } 件
app-report-partial-cost = 途中の工程で終えたため使わずに済んだ費用: { $cost } { $unit }、{ $hours } 時間
app-half-made = { $until }までで止めてある提案: { $numbers }。1件を仕上げる費用は実験全体の { $share } % です。残りの値を記入して登録してください。
app-half-made-cost = { $until }までで止めてある提案: { $numbers }。1件を仕上げる費用は実験全体の { $share } %（{ $cost } { $unit }、{ $hours } 時間）です。残りの値を記入して登録してください。
app-partial-first = まず{ $until }まで行う提案: { $numbers }（費用は実験全体の { $share } %）。そこまでで分かる値（{ $gives }）を記入し、outcome 列に partial と書いて登録し、もう一度提案を求めてください。仕上げる価値のあるものをお知らせします。
app-partial-first-cost = まず{ $until }まで行う提案: { $numbers }（費用は実験全体の { $share } %: { $cost } { $unit }、{ $hours } 時間）。そこまでで分かる値（{ $gives }）を記入し、outcome 列に partial と書いて登録し、もう一度提案を求めてください。仕上げる価値のあるものをお知らせします。
app-control-unknown = 「{ $text }」というコマンドはありません。「help」で一覧が出ます。
app-control-incomplete = 「{ $text }」には対象がありません。「abort S-12 理由」「out ステーション 理由」「back ステーション」のように書いてください。
app-control-no-reason = 理由なし
app-control-no-sample = ラボに未完了の試料「{ $name }」はありません。あるのは: { $known }。
app-control-paused = 一時停止しました。新しい作業は始めず、進行中の作業は終えます。再開するには「resume」と入力してください。
app-control-resumed = 再開します。
app-control-resumed-alone = 入力が閉じられ、もう誰も「resume」と入力できないため、再開します。
app-control-aborted = { $sample } を中止しました({ $reason })。作業中でなくなり次第、取り出します。
app-control-stopped = { $sample } を早期終了します({ $reason })。進行中の作業は、ステーションで途中終了できればそこで、できなければ最後まで行って終え、そこまでに見えたものは結果に数え、その後取り出します。節約したラボ時間: { $time }。
app-control-back = 「{ $station }」は使用に戻りました。
app-control-status = 実行中。結果の出た試料: { $finished }。{ $stations }
app-control-status-paused = 一時停止中。結果の出た試料: { $finished }。{ $stations }
app-control-help = 次のいずれかを入力して Enter を押してください:
  {"  "}pause                   新しい作業を始めない(進行中の作業は終える)
  {"  "}resume                  再開する
  {"  "}stop S-10 理由          試料を早期終了(見えたものは数える)
  {"  "}abort S-12 理由         試料を中止する
  {"  "}out ステーション 理由   ステーション(またはロボット)を使用停止にする(ほかは続く)
  {"  "}back ステーション       使用に戻す(残っていた試料は取り出し済み)
  {"  "}status                  ラボの様子
  {"  "}Ctrl-C                  きれいに停止する(同じコマンドで続きから)

app-explain-nothing = キャンペーン「{ $name }」には学習できる測定結果がまだありません。先に結果を記録してください。
app-explain-title = # { $name } のモデルが { $count } 件の実験から学んだこと
app-explain-outcome = ## { $name }
app-explain-few = 測定値が 3 件未満のため、モデルの良し悪しはまだ判断できません。
app-explain-error = 学習に使っていない測定値に対する予測誤差: { $error }{ $unit }(平均値だけで予測した場合: { $mean }{ $unit }、{ $readings } 件を 1 件ずつ除いて評価)。
app-explain-inside = そのうち 50 % 区間に入ったのは { $half } %、90 % 区間に入ったのは { $most } % です。
app-explain-no-better = 警告: モデルは平均値と変わりません。今のところ、ノイズと区別できる影響はパラメータに見られません。以下の内容を信用しないでください。
app-explain-narrow = 警告: 区間が狭すぎます。表示より広いものと考えてください。
app-explain-importance = 各パラメータが関わる変動の割合(互いに作用し合う場合は合計が 100 % を超えます):
app-explain-parameter = - { $name }: { $share } %{ $trend }
app-explain-rises = 、{ $low } から { $high } へ増加
app-explain-falls = 、{ $high } から { $low } へ減少
app-explain-between = 、最低 { $low }({ $at_low } のとき)、最高 { $high }({ $at_high } のとき)
app-remaining = 改善の余地: より良い条件がある確率は { $probability } %、期待される改善は { $expected }{ $unit }(80 % の範囲は { $low } から { $high })。
app-plot-importance = 重要度
app-plot-share = 変動の割合 [%]
app-plot-places = 各点の 80 %
app-plot-mean-effect = 平均的な効果
app-plot-calibration = 他のすべてから予測した各測定値
app-plot-predicted = 予測
app-plot-perfect = 一致
app-plot-readings = 測定値
app-plot-shades = { $name }: 暗 { $low }、明 { $high }
app-parameter-scale = パラメータ { $name } の目盛は "linear"、"log"、"sqrt"、"reciprocal"、"logit" か、設定と位置の組 [[0, 0], [10, 1], [100, 2]] のように書いてください
app-substance-source = 物質 { $name } には記述子が必要です。table = "FILE.csv" か、名前が化学式なら features = "basic" を指定してください
app-substance-no-descriptor = 物質 { $name } について、すべての行に数がある列がありません。使う列を descriptors = ["...", "..."] で指定してください
app-substance-no-name = この行には物質 { $name } の名前がありません。記入するか行を消してください
app-substance-gap = { $level } の記述子がありません。記入するか、その列を descriptors から外してください
app-substance-twice = { $level } がこの表に 2 回あります。1 行にしてください
app-substance-unknown = 物質 { $name } の { $level } には記述子がありません。記述子の表に加えるか、名前を直してください
app-mixture-pool = 候補表の行は完成しているので、混合 { $name } は使えません。消してください
app-mixture-component = 混合 { $name } の成分 { $component } はパラメータではありません。あるのは { $known } です
app-pool-rules = { $rows } 行のうち制約を守るのは { $left } 行ですが、2 行以上が必要です。規則を緩めてください
app-record-absent = { $name } は { $when } のときだけ設定します。セルを空にしてください
app-guess-row = 候補表に { $row } という行はありません。行のラベルを書くか、at = { "{" } ... { "}" } で条件を書いてください
app-veto-reason = 拒否には理由が必要です。--reason "..." で書いてください
app-veto-unknown = 提案 { $number } はありません(最後の提案は { $last })
app-veto-made = 提案 { $number } は実施中か、すでに結果があるため、拒否できません
app-veto-twice = 提案 { $number } はすでに拒否されています
app-veto-name = このキャンペーンにパラメータ { $name } はありません
app-report-veto = 拒否: { $what }、理由: { $reason }({ $by }、{ $at })
app-source-which = 過去のデータは table = "FILE.csv" か、ドック内の campaign = "NAME" のどちらか一方で指定してください
app-source-formula = パラメータ { $name } は化学式です。過去のデータを使えるのは、すべてのパラメータが数か水準のときだけです
app-source-default = 過去のデータの既定値を使えません: { $what }
app-source-missing = 過去のデータ { $source } にパラメータ { $name } がありません。columns = { "{" } { $name } = "..." { "}" } で列名を、または defaults = { "{" } { $name } = ... { "}" } で当時の値を指定してください
app-source-few = 過去のデータ { $source } には、このキャンペーンに合う結果のある実験が 3 件未満です。別のものを使うか、削除してください
app-source-no-outcome = 列 { $outcomes } がありません。columns = { "{" } 結果 = "..." { "}" } で列名を指定してください
app-report-source = 過去のデータ { $source }: 関連あり。{ $outcome } のモデルの { $share } % がその結果に基づき(係数 { $coefficient }、1 なら同じ課題)、{ $relevance } % は各パラメータの効きの大きさだけを引き継いでいます。その予測は今回の結果のばらつきの { $explains } % を説明します。
app-report-source-relevance = 過去のデータ { $source }: 一部に関連あり。{ $outcome } のモデルの { $relevance } % が各パラメータの効きの大きさを、{ $share } % がその結果も引き継いでいます。その予測は今回の結果のばらつきの { $explains } % を説明します。
app-report-source-not = 過去のデータ { $source }: 今回の結果と合わないため、{ $outcome } には使いません(モデルの { $share } % が基づき、その予測は今回の結果のばらつきの { $explains } % を説明します)。
app-report-source-opposite = 過去のデータ { $source }: 逆の関係です。{ $outcome } が過去に高かったところで今回は低くなっています(モデルの { $share } % がこれに基づいています)。
app-report-source-patternless = 過去のデータ { $source }: それ自身の結果がパラメータと対応せず、学べることがないため、{ $outcome } には使いません。
app-report-source-chain = 過去のデータ { $source }: 中間データから { $outcome } が決まる部分にその実験を使っています。どの設定がどの中間データを与えるかは学び直します。
app-report-source-chain-not = 過去のデータ { $source }: 使うと今回の結果で中間データから先の予測が悪くなるため、{ $outcome } には使いません。中間データはいずれにしても学び直します。
app-report-rises = 予想した傾向: { $outcome } は { $name } とともに増加(モデルの { $share } % が基づいています)。
app-report-falls = 予想した傾向: { $outcome } は { $name } とともに減少(モデルの { $share } % が基づいています)。
app-report-rises-not = 警告: { $outcome } が { $name } とともに増加するという予想はデータと合いません(モデルの { $share } % が基づいています)。
app-report-falls-not = 警告: { $outcome } が { $name } とともに減少するという予想はデータと合いません(モデルの { $share } % が基づいています)。
app-report-trend-chain = { $outcome } は工程の連鎖を通して予測するため、{ $name } に対して見込んだ傾向は使っていません。
app-report-recommended = 推奨条件(ノイズを平均): { $sample }、{ $settings }
app-report-believed = {"  "}{ $name }: 再実験の期待値 { $mean }{ $unit }(90 % 区間 { $low } ~ { $high })
app-front-head = パレートフロント: 実験 { $count } 件、{ $reference } を基準とするハイパーボリューム { $hypervolume }
app-front-row = | { $cells } |
app-front-title = パレートフロント
app-front-sample = 試料
app-front-expected = 期待値(90 %)
app-front-on = フロント上とする根拠
app-front-both = 測定とモデル
app-front-reading = 測定
app-front-model = モデル
app-front-beaten = 劣る実験
app-front-next = 次の提案(90 %)
app-front-hypervolume = ハイパーボリューム
app-cost = { $key } が { $value } です。負でない数を指定してください(予算では正の数)
app-cost-uncounted = 予算に { $key } がありますが、それを使う実験がありません。[cost] か、パラメータの change_{ $key } で指定してください
app-cost-used = キャンペーン { $name } の費用または時間の予算は、終了した実験と待機中の実験で使い切りました。[budget] の `cost` か `hours` を増やしてください
app-report-spent = 使用額: { $cost } { $unit }、{ $hours } h
app-report-drift = 警告: { $outcome } が時間とともにずれています(実験 1 回ごとに約 { $change }{ $unit })。原因を調べるか、[planner] に drift = "auto" と書いて補正してください。
app-report-drift-corrected = { $outcome } が時間とともにずれています(実験 1 回ごとに約 { $change }{ $unit })。モデルはこれを補正しており、予測は現時点のものです。
app-explain-outlier = 実験 { $experiment } の値 { $measured }{ $unit } は他のすべてと矛盾するため、{ $weight } % として扱います。重要なら再実験してください。
app-kind-gaussian-process = ガウス過程
app-kind-rough = 粗いガウス過程
app-kind-warped = 入力を曲げたガウス過程
app-kind-saas = 疎なガウス過程(SAAS)
app-kind-forest = 決定木の森
app-cost-next = キャンペーン { $name } の残りの予算では次の実験を行えません。設定の変更を含めて { $cost } { $unit }、{ $hours } h かかりますが、残りは { $left_cost } { $unit }、{ $left_hours } h です。[budget] の `cost` か `hours` を増やしてください
app-report-under-way = 実施中: さらに { $cost } { $unit }、{ $hours } h
app-report-next = 次の提案の費用: { $cost } { $unit }、{ $hours } h(設定の変更を含む)
app-report-left = 予算の残り: { $cost } { $unit }、{ $hours } h
app-report-budget = 予算: { $budget } 回のうち残り { $left } 回
app-report-model = { $outcome } のモデル:
app-report-inner = {"  "}{ $line }
app-section-standing = 現状
app-section-result = 結果
app-section-model = モデル
app-section-comparison = 他の進め方との比較
app-explain-choice-few = モデルの種類: { $chosen }(測定値が少なく、他の種類とはまだ比較できません)。
app-explain-choice-kept = モデルの種類: { $chosen }。除いた測定値を明らかによく予測する種類が他にないためです(平均対数密度、大きいほど良い: { $tried })。
app-explain-choice-better = モデルの種類: { $chosen }。除いた測定値を明らかによく予測するためです(平均対数密度、大きいほど良い: { $tried })。
app-explain-choice-default = モデルの種類: { $chosen }(既定)。[planner] に surrogate = "auto" と書くと他の種類と比較します(除いた測定値の平均対数密度: { $tried })。
app-explain-choice-even = モデルの種類: { $chosen }(入力を曲げても測定値の確率は明らかには高くなりません)。
app-explain-choice-asked = モデルの種類: { $chosen }([planner] の指定)(除いた測定値の平均対数密度、大きいほど良い: { $tried })。
app-explain-fit-converged = 測定値 { $readings } 件に当てはめました。モデルのパラメータの探索は収束しました。
app-explain-fit-exhausted = 測定値 { $readings } 件に当てはめました。警告: モデルのパラメータの探索は収束する前に打ち切られました。
app-explain-fit-stalled = 測定値 { $readings } 件に当てはめました。警告: モデルのパラメータの探索が途中で止まりました。信用する前に予測と測定値を比べてください。
app-explain-nowhere = 、影響なし(どこでも { $mean })
app-warning-all-failed = 警告: { $count } 件の実験がすべて失敗し、結果を学習できません。提案は失敗した条件から離れた所を選びます。共通の原因を調べるか、探索範囲を広げてください。
app-warning-all-equal = 警告: { $outcome } の測定値 { $count } 件がすべて { $value } で、設定の良し悪しをまだ区別できません。測定値に差が出るまで、提案は範囲全体を覆うように選びます。装置の分解能を確認してください。
app-warning-thinned = 警告: { $outcome } のモデルは測定値 { $readings } 件のうち { $kept } 件(最も高いもの、最も低いもの、互いに最も離れたもの)から計算しています。
app-warning-fit-exhausted = 警告: { $outcome } のモデルのパラメータの探索は、収束する前に打ち切られました。予測の良さは matdock explain で確認できます。
app-warning-fit-stalled = 警告: { $outcome } のモデルのパラメータの探索が途中で止まりました。従う前に、予測が役に立つか matdock explain で確認してください。
app-warning-search-exhausted = 警告: 提案 { $number } の探索は収束する前に打ち切られました。近くにわずかに良い条件があるかもしれません。
app-warning-search-stalled = 警告: 提案 { $number } の探索が途中で止まりました。調べた候補の中では最良です。
app-pool-level-unlisted = { $level } は、キャンペーンのファイルにあるパラメータ「{ $name }」の水準({ $levels })に含まれていません。そこに加えるか、`levels` を省いて表の水準を使うか、セルを直してください。
app-pool-outside = { $value } は、キャンペーンのファイルにあるパラメータ「{ $name }」の範囲({ $low } ~ { $high })の外です。範囲を広げるか、`min` と `max` を省いて表の範囲を使うか、その行を除いてください。
app-backtest-limit = { $value } は限界値です。再現には測定されるはずの値が必要です。値を書くか、その行を除いてください(空のセルは失敗した実験とみなします)。
app-chain-none = キャンペーン { $name } には工程連鎖がありません。途中で計測する量をキャンペーンファイルの [[intermediate]] に書いてください
app-chain-experiment = 実験 { $number } はありません。実験は { $count } 件です
app-chain-parameter = パラメーター { $name } はありません。あるのは { $known } です
app-chain-setting = { $name } を { $value } にすることはできません
app-chain-title = { $name } の工程連鎖（実験 { $count } 件から学習）。割合は分散に対するもので、各読み値をほかのすべてから予測して求めています
app-chain-quantity = { $name }：読み値 { $readings } 件。入力で { $explained } % が説明されます。それぞれを除いたときの減少：
app-chain-quantity-alone = { $name }、読み取り { $readings } 回。設定するものには依存しません
app-chain-quantity-few = { $name }：読み値 { $readings } 件。少なすぎてモデル化できません
app-chain-link = { "   " } { $from }：100 のうち { $share }
app-chain-links-shared = {"    "}どれか一つが欠けても、互いに同じことを語る他の入力が補います。
app-chain-explained = { $share } % を説明
app-chain-through = { $outcome } は連鎖を通して予測します。除外した読み値の分散のうち連鎖では { $chain } %、設定から直接では { $direct } % が説明されます（対数密度 読み値あたり { $gain } ± { $error }）
app-chain-direct = { $outcome } は設定から直接予測します。連鎖のほうが良くないためです。除外した読み値の分散のうち連鎖では { $chain } %、直接では { $direct } % が説明されます（対数密度 読み値あたり { $gain } ± { $error }）
app-chain-through-few = { $outcome } は連鎖を通して予測します。直接の予測と比べるには測定が足りません
app-chain-sensor = { $name } は { $outcome } の予測に役立ちます（それを除いた連鎖との差：対数密度 読み値あたり { $gain } ± { $error }）
app-chain-sensor-read = { $name } は設定から { $outcome } を予測する助けにはなりません(読み取り 1 回あたりの対数密度 { $gain } ± { $error })。ただし読み取れば、それに依存する量の分散の 100 分の { $share } を説明します
app-chain-sensor-useless = { $name } には、連鎖のほかの量を超える { $outcome } の情報がありません（対数密度 読み値あたり { $gain } ± { $error }）。このセンサーは外してかまいません
app-chain-why = 実験 { $experiment } の { $name } が{ $side ->
    [high] 高い
   *[low] 低い
}（標準偏差の { $deviation } 倍）のは、{ $because }ためです
app-chain-why-open = 実験 { $experiment } の { $name } は{ $side ->
    [high] 高い
   *[low] 低い
}（標準偏差の { $deviation } 倍）ですが、理由は連鎖からは分かりません
app-chain-because = { $name } が{ $side ->
    [high] 高い
   *[low] 低い
}（{ $deviation }）のは、{ $because }ためです
app-chain-because-open = { $name } は{ $side ->
    [high] 高い
   *[low] 低い
}（{ $deviation }）ですが、理由は連鎖からは分かりません
app-chain-reason = { $name } が{ $side ->
    [high] 高い
    [low] 低い
   *[level] この水準である
}（{ $effect }）
app-chain-reason-and = {"、"}
app-chain-what-if = { $name }：{ $now } の代わりに { $mean }（{ $low } から { $high }）が見込まれます
app-intermediate-twice = { $name } はすでに目的、制限または中間量です。中間量には固有の名前を付けてください
app-journal-image = 操作 { $action } の画像「{ $name }」がドックにありません。`matdock verify` を実行してください。
app-chain-split = { $text } という除外の仕方はありません。random、group:列名（その列が同じ実験をまとめて除外）、time（並び順で後の実験を除外）、time:列名 のいずれかを書いてください
app-chain-folds = 実験は少なくとも 2 組に分けて除外します（{ $count } は指定できません）
app-chain-folds-few = { $count } 組にしか分けられません。実験、グループ、または時点がもっと必要です。--split を変えることもできます
app-chain-compare-few = キャンペーン { $name } で読み値のある実験は { $count } 件です。連鎖と直接の予測を比べるには少なすぎるか、中間量より後の量が測定されていません
app-chain-time = { $text } は数でも日付（例：2026-11-22）でもありません。--split time とすれば実験の並び順を使います
app-chain-column = { $name } という設定や読み値を持つ実験はありません
app-chain-compare-title = { $name } の工程連鎖を実験 { $count } 件で検証しました。予測する実験を除いて、すべてのモデルを学習し直しています（{ $folds } 組、{ $split ->
    [group] { $column } が同じものはまとめて除外
    [time] 時間順に、それ以前の実験から予測
    [time-column] { $column } の順に、それ以前の実験から予測
   *[random] 無作為に除外
}）。
app-chain-way-direct = 設定から直接
app-chain-way-chain = 連鎖を通して
app-chain-way-chosen = matdock が選ぶほう
app-chain-way-read = 中間量の読み値も使う
app-chain-compare-chain = 設定だけから { $name } を予測すると、連鎖を通すほうが直接より{ $verdict ->
    [better] 偶然の範囲を超えて良くなります
    [worse] 偶然の範囲を超えて悪くなります
   *[same] 良いとも悪いとも言えません（差は偶然の範囲内）
}（対数密度 読み値あたり { $gain } ± { $uncertainty }、誤差は { $direct } に対して { $error }）。
app-chain-compare-chosen = matdock は { $folds } 組のうち { $chosen } 組で連鎖を使います。選んだ予測は直接の予測{ $verdict ->
    [better] より良くなります
    [worse] より悪くなります
   *[same] と同程度です
}（対数密度 { $gain } ± { $uncertainty }）。
app-chain-compare-read = 中間量を読んだ後では、{ $name } の予測は設定だけの場合{ $verdict ->
    [better] より良くなります
    [worse] より悪くなります
   *[same] と変わりません
}（対数密度 { $gain } ± { $uncertainty }、誤差は { $direct } に対して { $error }）。
app-warning-unread = 警告：{ $name } は { $count } 件の実験で一度も読まれておらず、まだ連鎖に入っていません。測定するか、その [[intermediate]] を消すか、ほかの量から決まるなら式と `computed = true` を書いてください。
app-chain-computed = 計算値
app-chain-quantity-computed = { $name }：{ $from } から計算
app-chain-quantity-unknown = 目標に { $name } という量はありません。あるのは { $known } です
app-chain-sense-few = { $name } では、この量をほかの量から推定するには測定が足りません
app-chain-sense-settings = 設定
app-chain-sense = 実験 { $experiment } の { $name }、{ $from } からの推定：{ $mean }（90 % で { $low } から { $high }）。読み値はありません
app-chain-sense-read = 実験 { $experiment } の { $name }、{ $from } からの推定：{ $mean }（90 % で { $low } から { $high }）。読み値 { $read }（推定には使っていません）
app-chain-sense-missing = { "   " } それより前に読まれていないため、見込みの値で代えた量：{ $names }
app-chain-sense-domain = { "   " } { $side ->
    [above] { $name } がほかのどの実験よりも大きい値です
    [below] { $name } がほかのどの実験よりも小さい値です
   *[within] 推定に使った量はほかの実験の範囲内です
}。推定の確かさは{ $domain ->
    [inside] ほかの実験の 9 割と同程度です
    [edge] ほかの実験の 9 割より劣ります
   *[outside] ほかのどの実験よりも劣ります：頼らないでください
}。最も似た実験は { $nearest } です
app-chain-sense-quality = { "   " } { $verdict ->
    [replaces] 読み値 { $readings } 件を一つずつ除外すると、誤差は { $error }（分散の { $explained } % を説明）。この誤差でよければ、ソフトセンサーで測定を置き換えられます
    [tells] 読み値 { $readings } 件を一つずつ除外すると、誤差は { $error }（分散の { $explained } % を説明）。高いか低いかは分かりますが、測定の代わりにはなりません
    [few] 読み値はまだ { $readings } 件です。一つずつ除外したときの誤差は { $error }（分散の { $explained } % を説明）。測定を置き換えられるかを言うには少なすぎます
   *[no] 読み値 { $readings } 件を一つずつ除外すると、誤差は { $error }（分散の { $explained } % を説明）。測定の代わりにはなりません
}
app-describe-onto-itself = { $file }: 入力と同じファイルには書けません。-o に別の名前を指定してください
app-describe-reader = 表の読み込みが予期せず終わりました。ご報告ください
app-describe-reason = { $reason }({ $cells } セル)
app-describe-empty = セルが空です
app-describe-unknown-kind = 「{ $extension }」の表は扱えません。.csv, .tsv, .txt, .smi, .sdf, .xlsx, .parquet のいずれかにしてください
app-describe-no-column = 構造の列が分かりません。--column で指定してください。あるのは { $columns } です
app-describe-not-utf8 = この行に UTF-8 でない文字があります。「CSV UTF-8」で保存してください
app-describe-ragged = この行のセルは { $found } 個ですが、見出しは { $expected } 個です。区切りの過不足を確かめるか、区切りを含む文字列を引用符で囲んでください
app-describe-header-twice = 列「{ $name }」が表にすでにあり、同じ名前が二つになります。名前を変えるか取り除いてください
app-describe-sheet-columns = Excel の列は { $most } までです。記述子の組を減らすか、.parquet か .csv に書いてください
app-describe-sheet-rows = Excel の行は { $most } までです。.parquet か .csv に書いてください
app-describe-json = 記述子は .csv, .parquet, .xlsx のいずれかに書きます
app-describe-unknown-set = 「{ $name }」という記述子の組も化学式の記述子もありません。組は { $sets }。フィンガープリントは morgan:3:1024 や atom-pairs:4096 のように半径とビット数も指定できます。説明は matdock describe --list
app-describe-needs-molecules = 組「{ $set }」には SMILES で書いた分子が要りますが、列は化学式です。--column で別の列を指定するか、列名を smiles にしてください
app-describe-descriptor-twice = 「{ $name }」が二度指定されています。組や記述子は一度ずつ指定してください
app-describe-open-ends = 構造に開いた端(*)があるため組成が分かりません。分子の記述子の組だけを選んでください
app-describe-ends-of-formulas = --cap { $ends } は SMILES で書いた分子のためのもので、列は化学式です。--column で別の列を指定してください
app-similar-unknown-fingerprint = 「{ $name }」というフィンガープリントはありません。{ $names } から選んでください。morgan:3:1024 や atom-pairs:4096 のように半径(10 まで)とビット数(16 から 65536)も指定できます
app-describe-column-and-components = --column { $column } と --components の両方が構造の場所を指定しています。どちらか一方にしてください
app-describe-role-twice = 成分「{ $role }」が二度指定されています。--components a=smiles_1:fraction_1,b=smiles_2:fraction_2 のように別々の名前を付けてください
app-describe-of-component = { $component }：{ $what }
app-describe-of-part = 混合物の { $part } 番目：{ $what }
app-describe-no-amount = 構造がありますが量がありません。量を書くか、ないなら 0 としてください
app-describe-no-structure = 量がありますが構造がありません。構造を書くか、量を 0 としてください
app-describe-no-number = 「{ $text }」は量ではありません。0 以上の数を書いてください
app-describe-amount-unit = 「{ $unit }」はここでは量の単位ではありません。1, %, mol%, wt%, mol, g, mol/kg のいずれかにしてください
app-describe-volume = 体積分率には密度が必要ですが、分かりません。モルか質量で書いてください
app-describe-absent = { $component } がありません
app-describe-at-column = 列「{ $name }」：{ $what }
app-describe-column-twice = 列「{ $name }」が二つあります。一方の名前を変えてください
app-describe-cache = 保存した記述子が使えません：{ $reason }。中身はすべて計算し直せるので、削除してかまいません
app-find-needs-molecules = 列「{ $column }」は化学式として読まれます。SMILES で書かれた構造が必要です。その列を --column で指定してください
app-describe-correction = { $about }。--corrected では、{ $correction }
