# Text of matdock-cli.
cli-heading-usage = 使い方:
cli-heading-commands = 動詞
cli-heading-options = オプション
cli-heading-arguments = 引数

cli-help = matdock: 目標を書けば、より良い材料へ。実験を提案し、ラボまたは人が実行し、すべてを残し、学び、続けます。
cli-help-more = まず `matdock new my-campaign`、またはデジタルラボを動かしてください: `matdock run examples/thin-film/campaign.toml`
cli-help-general-json = 文章の代わりに JSON を出力(キーは docs/json.md)
cli-help-general-seed = 乱数のシード。キャンペーンファイルより優先
cli-help-general-dock = すべてを保存するドックのフォルダ
cli-help-general-lang = 表示言語: en または ja(既定: LANG から)
cli-help-general-help = ヘルプを表示
cli-help-general-version = バージョンを表示

cli-help-run = 目標か予算に達するまでラボでキャンペーンを実行。止めた所から続行
cli-help-run-campaign = キャンペーンファイル、またはそのフォルダ
cli-help-run-experiments = 合計この数の実験で終了。ファイルの予算より優先
cli-help-run-in-flight = 同時に進める試料の数。ファイルより優先
cli-help-run-real-time = 模擬ラボを仮想時間でなく実時間で動かす
cli-help-run-no-comparison = ランダム探索・手作業との比較を省く
cli-help-run-out = レポートのフォルダ(既定: ドック内の reports/名前)

cli-help-new = 注釈付きのキャンペーンフォルダを作る
cli-help-new-name = 作るフォルダ。最後の部分がキャンペーン名になる
cli-help-new-template = 雛形: pool(表の行)、process(設定の範囲)、lab(模擬ラボ)
cli-help-new-pool = 候補を行に持つ表(CSV または XLSX)
cli-help-new-inputs = 設定する列、カンマ区切り
cli-help-new-maximize = できるだけ大きくしたい結果。複数可
cli-help-new-minimize = できるだけ小さくしたい結果。複数可
cli-help-new-target = ある値にしたい結果。例 y=5
cli-help-new-label = 行の名前の列

cli-help-suggest = 人が行う次の実験を提案
cli-help-suggest-campaign = キャンペーンファイル、またはそのフォルダ
cli-help-suggest-count = 実験の数
cli-help-suggest-out = 表示だけでなく記入用シート(.xlsx か .csv)を書く

cli-help-record = 記入したシートから結果を取り込む。誤りのあるファイルは全体を拒否
cli-help-record-campaign = キャンペーンファイル、またはそのフォルダ
cli-help-record-results = シート(.xlsx か .csv)。一部記入でも可。または提案 1 件の番号
cli-help-record-from = 試行のファイルのフォルダ。シートの場合は試行ごとのフォルダ(trial-07 など)を含むフォルダ
cli-help-record-set = この提案の結果。複数回指定できます
cli-help-record-failed = この提案は失敗した、その理由
cli-help-record-correct = 記録済みの結果を訂正する。以前の結果は古い版として残る

cli-help-status = キャンペーンの現状を表示
cli-help-status-campaign = キャンペーンファイル、またはそのフォルダ

cli-help-report = レポートを書く: 最良条件、図、全実験
cli-help-report-campaign = キャンペーンファイル、またはそのフォルダ
cli-help-report-out = レポートのフォルダ(既定: ドック内の reports/名前)

cli-help-backtest = 終わった実験の表でキャンペーンを再演し、ランダム探索と比べる
cli-help-backtest-campaign = キャンペーンファイル、またはそのフォルダ
cli-help-backtest-data = 終わった実験の表(既定: プール自身の表)
cli-help-backtest-seeds = 繰り返し数。毎回異なるランダムな初期実験から
cli-help-backtest-jobs = スレッド数。結果は変わらない(既定: 全コア)
cli-help-backtest-initial = ランダムな初期実験の数(既定: キャンペーンの通り)
cli-help-backtest-initial-file = 繰り返しごとの初期実験: 1 行に 1 回分、0 からの行番号をカンマ区切り。または JSON のリストのリスト
cli-help-backtest-replicates = 複数回測定された行の値
cli-help-backtest-budget = 1 回の実験数の上限(既定: 最良の行が見つかるまで)
cli-help-backtest-batch = 一度に提案する実験の数
cli-help-backtest-top = 上位とみなす行の割合、パーセント
cli-help-backtest-plot = 最良値の推移をこのファイルに書く

cli-help-export = ドックの内容を表として書く
cli-help-export-what = records(すべて)、samples(実験 1 件 1 行)、series(測定点 1 つ 1 行)、files(画像や表を元の形のまま)
cli-help-export-format = csv, xlsx, parquet, json(既定: ファイル名から、なければ csv)
cli-help-export-where = 条件に合うものだけ。例 campaign=thin-film, kind=measurement, sample=S-12, name=spectrum。複数可
cli-help-export-out = 書き出すファイル(既定: 画面)。files では入れるフォルダー(既定: 一覧を表示)

cli-help-show = 記録、試料とその履歴、またはファイルを表示
cli-help-show-id = ID、その先頭、または試料名

cli-help-verify = ドック全体を検査: すべてのオブジェクト、記録、参照、ジャーナル

cli-help-lab = ラボの検査と模擬実行
cli-help-lab-check = 装置に触れずにレシピをラボと照合
cli-help-lab-check-lab = ラボファイル
cli-help-lab-check-recipe = レシピファイル
cli-help-lab-check-campaign = このキャンペーンのパラメータ範囲も検査
cli-help-lab-components = ドック内の試料の系列から主成分を学習し、レシピで使うファイルを作る
cli-help-lab-components-campaign = キャンペーンファイル、またはそのフォルダ
cli-help-lab-components-of = 「xrd.intensity during scan」のように STREAM.COLUMN during STEP
cli-help-lab-components-count = 学習する成分の数
cli-help-lab-components-out = 書き出すファイル
cli-help-lab-features = 系列と画像から特徴量を取り出す抽出法の一覧
cli-help-lab-simulate = 多数の試料を模擬: 処理量、ステーション稼働率、ガントチャート
cli-help-lab-simulate-lab = ラボファイル
cli-help-lab-simulate-recipe = レシピファイル
cli-help-lab-simulate-campaign = --set で与えない値にはこのキャンペーンの範囲の中央を使う(既定: ラボの許容範囲の中央)
cli-help-lab-simulate-samples = 試料の数
cli-help-lab-simulate-in-flight = 同時に進める試料の数(既定: ラボファイルの通り)
cli-help-lab-simulate-set = レシピのパラメータ値。例 anneal_time="30 min"。複数可
cli-help-lab-simulate-gantt = ガントチャートのファイル(既定: gantt.svg)

cli-error = エラー: { $text }
cli-language = 「{ $tag }」は使えない言語です。--lang en か --lang ja を指定してください。
cli-json = 結果を JSON にできません: { $reason }。
cli-target = 「{ $text }」は目標値ではありません。--target 結果=値 と書いてください。例 --target thickness=5
cli-set = 「{ $text }」は設定ではありません。--set 名前=値 と書いてください。例 --set anneal_time="30 min"
cli-new-flags = --inputs, --maximize, --minimize, --target, --label は表についての指定です。--pool で表を指定してください。
cli-new-made = { $file } を書きました。
cli-new-next = 確認してから: matdock suggest { $folder } -n 4 --out results.xlsx
cli-new-next-lab = 確認してから: matdock run { $folder }
cli-ask-template = 何から始めますか。1 表の行、2 設定の範囲、3 模擬ラボ [2]
cli-ask-table = どの表ですか(CSV か XLSX)。空欄なら例を作ります:
cli-ask-outcome = 良くしたい列はどれですか。({ $columns })
cli-ask-direction = { $outcome }: 1 大きく、2 小さく、または目標値 [1]
cli-ask-inputs = 設定する列はどれですか(カンマ区切り)。空欄なら使える列すべて:
cli-ask-nobody = 答えがありません。オプションで指定してください。`matdock new --help` に一覧があります。

cli-word-row = 行
cli-word-expected = 予測
cli-word-why = 理由
cli-word-mean = 平均
cli-word-error = 誤差
cli-word-median = 中央値
cli-word-quartiles = 四分位
cli-word-random = ランダム探索
cli-word-to-best = 最良の行までの実験数
cli-word-experiments = 実験数
cli-word-best-so-far = それまでの最良(平均)
cli-word-hypervolume = 得られたハイパーボリューム [%]
cli-word-front-rows = 見つけたフロントの行数
cli-word-time = 時刻
cli-word-what = 種類
cli-word-name = 名前
cli-word-station = ステーション
cli-word-result = 結果
cli-word-in-use = 稼働率

cli-why-initial = 空間を覆う
cli-why-explore = 探索(探索の割合 { $share } %)
cli-why-exploit = 良い見込み(探索の割合 { $share } %)
cli-why-balance = 良い見込みで未知も多い(探索の割合 { $share } %)
cli-why-nearest = 。最も近いのは実験 { $experiment }、距離 { $distance }
cli-why-risk = 。失敗の恐れ { $share } %
cli-suggest-pending = うち { $count } 件は以前の提案で、結果を待っています。
cli-suggest-sheet = { $file } に記入してから: matdock record { $campaign } { $file }
cli-suggest-no-sheet = 記入用シートには --out results.xlsx を付けてください。その後: matdock record { $campaign } results.xlsx
cli-recorded = 記録: 結果 { $recorded } 件(失敗 { $failed }、自分の実験 { $own })。結果待ちの提案: { $waiting }。
cli-recorded-files = 提案 { $number } のファイルから:
cli-record-number = --set と --failed は提案 1 件についてのものです。シートの代わりに番号を書いてください。
cli-recorded-incomplete = うち { $count } 件は成功ですが、目標の結果の一部がありません。ないものは未測定として扱います。
cli-recorded-finished = 途中まで行ってあった実験の仕上げ: { $count } 件。
cli-recorded-corrected = 訂正: { $corrected } 件。以前の結果は古い版として残ります。
cli-status-new = まだ始まっていません。ドックには何もありません。
cli-status-begun = 開始 { $time }、シード { $seed }
cli-status-pending = 結果待ち: 提案 { $numbers }

cli-run-goal = 目標に達しました。
cli-run-budget = 予算を使い切りました。
cli-run-nothing-left = 試すものが残っていません。
cli-run-comparing = 比較のため、同じラボでのランダム探索を模擬しています ...
cli-run-stopped = 停止しました。同じコマンドで続きから始まります。
cli-run-stopping = 停止中: 実装置で進行中の作業を終えます。もう一度 Ctrl-C で直ちに終了します。何も失われません。
cli-report-file = {"  "}{ $file }
cli-report-dock = {"  "}その他すべて: { $dock }(matdock export, matdock show)
cli-live-experiments = 実験。進行中 { $running }、失敗 { $failed }、ラボ時間 { $time }
cli-live-best = 最良 { $name }: { $value }(モデル { $low } .. { $high })、試料 { $sample }
cli-live-doing = { $sample }: { $step }、残り { $left }
cli-suggest-finish = 先に仕上げるもの: { $numbers }。これまでに見えたものから、残りの費用あたりの改善が新しい実験より大きいと見込まれます。
cli-why-until = 。まず { $until } まで
cli-live-chance = 最良になる確率 { $chance } %
cli-live-stop = 早期終了するには、次のように入力してください: stop { $sample }
cli-live-out = 停止中: { $reason }
cli-live-holds = { $samples } を保持
cli-live-finished = 実験 { $number }({ $sample }): { $outcome }、{ $values }
cli-live-hint = 実行中に操作するには、コマンドを入力して Enter を押してください(「help」で一覧)。Ctrl-C できれいに停止します。
cli-live-waiting = 待機: { $reason }
cli-person-task = 作業 { $number }({ $station }): { $capability }(工程 { $step })、{ $settings }。答え方: 「{ $number } ok」「{ $number } ok 名前=値 単位」「{ $number } failed 理由」
cli-person-file = {"  "}または { $file } を置く(空のファイルは ok)
cli-person-answer = 「{ $text }」は答えになっていません。作業番号と ok, failed, aborted, uncertain のいずれかを書いてください。例: 12 ok thickness=3.2 nm
cli-person-refused = 作業 { $number } への答えは使えません: { $why }

cli-backtest-head = { $name }: 候補 { $pool }、ランダムな初期実験 { $initial } 回から { $seeds } 回繰り返し。最良: { $best }
cli-backtest-to-top = 上位 { $percent } % の行までの実験数
cli-backtest-unfinished = { $count } 回は予算内に最良の行に達しませんでした。予算の値で数えています。
cli-backtest-seconds = 提案 1 回の時間: 中央値 { $median } 秒、最長 { $max } 秒
cli-backtest-front-head = { $name }: 候補 { $pool }、ランダムな初期実験 { $initial } 回から { $seeds } 回繰り返し。パレートフロントの行は { $rows } 行です(すべての目的で上回る行がほかにない)
cli-backtest-to-share = ハイパーボリュームの { $percent } % までの実験数
cli-backtest-front-unfinished = { $count } 回は予算内に達しませんでした。予算の値で数えています。
cli-backtest-reference = ハイパーボリュームの参照点: { $point }
cli-backtest-front-rows = パレートフロントの行: { $rows }
cli-backtest-left-out = { $count } 行はキャンペーンの範囲外にあるため除きました。
cli-components = { $of } の主成分を { $series } 個の系列から学習しました(使えなかったもの { $left_out } 個)。分散のうち { $shares } を説明します。{ $file } に書きました。
cli-export-files = { $count } 個のファイルを { $folder } に書きました。
cli-export-made = { $rows } 行を { $file } に書きました。
cli-verify-problem = 異常: { $text }
cli-verify-count = 記録 { $records }、ジャーナル { $lines } 行、オブジェクト { $objects } を検査: 異常 { $problems } 件。
cli-verify-orphans = { $count } 個のオブジェクトはどの記録にも属しません。中断された書き込みの無害な残りです。
cli-show-provenance = {"  "}{ $time }、{ $agent } による記録
cli-show-versions = {"  "}{ $count } 版。古い版も残っています
cli-check-problem = 異常: { $text }
cli-check-warning = 注意: { $text }
cli-check-duration = 試料 1 個だけなら { $short } から { $long } かかります。
cli-check-bottleneck = 処理量を決めるのは { $station } です(試料 1 個に { $time })。
cli-check-parameters = レシピが使うパラメータ: { $names }。
cli-check-fine = レシピはラボに合っています。
cli-check-count = 異常 { $count } 件: レシピはラボに合いません。
cli-simulate-head = 試料 { $samples } 個、同時に最大 { $in_flight } 個: { $time }、1 日 { $per_day } 個
cli-simulate-lost = { $count } 個の試料が失われました: { $reasons }。

cli-help-explain = モデルを説明する: 重要度、効果、どこまで信用できるか
cli-help-explain-campaign = キャンペーンファイル、またはそのフォルダ
cli-help-explain-out = 図のフォルダ(既定: ドック内の reports/名前/explain)
cli-explain-folder = 図: { $folder }
cli-why-influences = ;主な要因: { $influences }
cli-why-guess = 最適点の推測による
cli-why-look = 調べるよう求められた領域: { $region }
cli-veto-next = 今後は提案されません。別の提案を得るには: matdock suggest { $campaign }
cli-help-veto = 提案、候補表の行、または条件を理由とともに拒否する
cli-help-veto-campaign = キャンペーンファイル、またはそのフォルダ
cli-help-veto-suggestion = 提案の番号
cli-help-veto-reason = 理由(拒否とともに保存される)
cli-help-veto-row = 提案の代わりに、候補表の行(ラベル)
cli-help-veto-set = 提案の代わりに、条件(パラメータごとに 1 回)
cli-live-remaining = 。より良い条件の確率 { $probability } %、期待される改善 { $expected }{ $unit }
cli-why-source = 過去のキャンペーンで最も良かった条件
cli-live-front = フロントの実験 { $count } 件、ハイパーボリューム { $hypervolume }
cli-suggest-uncovered = 予算の残りが足りないため、求められた数より少ない提案です。もう 1 件加えると費用は { $cost }、{ $hours } h になります。
cli-help-chain = キャンペーンの工程連鎖：何が何を説明するか、どのセンサーが役立つか
cli-help-chain-show = 学習した連鎖を、各つながりの説明力とともに描く
cli-help-chain-show-campaign = キャンペーンファイル、またはそのフォルダー
cli-help-chain-show-out = 図のフォルダー（既定：ドックの reports/NAME）
cli-help-chain-why = ある実験の結果がなぜそうなったか、ほかの設定ならどうなるかを述べる
cli-help-chain-why-campaign = キャンペーンファイル、またはそのフォルダー
cli-help-chain-why-experiment = 実験の番号
cli-help-chain-why-set = この設定ならどうなるか（繰り返し可）
cli-chain-file = 図：{ $file }
cli-chain-set = { $text } は設定ではありません。名前=値 と書いてください
cli-why-replicate = 実験 { $experiment } の繰り返し:測定値にばらつきがあり、どの条件が最良かについて、最良の新しい実験から得られる情報はこの繰り返しの { $new } %
cli-features-extractor = 抽出法
cli-features-of = 対象
cli-features-unit = 単位
cli-features-about = 内容
cli-help-chain-compare = 連鎖と直接の予測を、除外した実験で比べる（表の実験、またはキャンペーン自身の実験）
cli-help-chain-compare-campaign = [[intermediate]] のあるキャンペーンファイル、またはそのフォルダー
cli-help-chain-compare-data = 終わった実験の表（既定：キャンペーン自身の実験、またはプールの表）
cli-help-chain-compare-split = まとめて除外する実験：random、group:列名、time、time:列名（先の実験から後の実験を予測）
cli-help-chain-compare-folds = 何組に分けるか
cli-chain-left-out = { $count } 行は設定が欠けているかキャンペーンの範囲外のため除きました。
cli-chain-readings = { $name }、読み値 { $count } 件
cli-word-explained = 説明された割合
cli-word-prediction-error = 誤差
cli-word-log-density = 対数密度
cli-help-chain-sense = ソフトセンサー：ある実験の量をそれより前の読み値から推定し、測定を置き換えられるかを述べる
cli-help-chain-sense-campaign = キャンペーンファイル、またはそのフォルダー
cli-help-chain-sense-experiment = 実験の番号
cli-help-chain-sense-quantity = この量だけ（既定：ほかの量に依存するすべて）
cli-help-describe = 表のすべての構造の記述子を計算
cli-help-describe-table = SMILES か化学式の列をもつ表(.csv, .tsv, .txt, .smi, .xlsx, .parquet)
cli-help-describe-out = 書き出す表(.csv, .parquet, .xlsx)。元の列に error、missing、記述子の列が続く
cli-help-describe-set = 記述子の組または個々の記述子。コンマ区切り(既定: SMILES は mordred、化学式は magpie)。一覧は --list
cli-help-describe-column = 構造の列(既定: smiles、formula などの名前から探す)。名前に smiles を含めば SMILES として読む
cli-help-describe-list = 計算せずに、記述子を説明(--set で絞り込み)
cli-describe-set = 組
cli-describe-name = 名前
cli-describe-stopping = 停止します。ここまでの行を書き出します。もう一度 Ctrl-C を押すと書かずに終わります。
cli-describe-stopped = 表の途中で停止しました。
cli-describe-made = { $rows } 行について、列「{ $column }」の記述子 { $descriptors } 個を { $file } に書きました
cli-describe-unreadable = うち { $rows } 行は読めませんでした。理由は列「error」にあります:
cli-describe-problem =   { $line } 行目: { $what }
cli-describe-more =   ほか { $rows } 行
cli-describe-missing = そのほかの行に値のないセルが { $cells } 個あります。理由は列「missing」にあります
cli-help-describe-cap = 繰り返し単位の開いた末端(*)の扱い: H は水素、C はメチル基で閉じ、ring は環につなぎ、3mer は 3 単位の鎖にする
cli-describe-open = { $rows } 個の構造に開いた末端(*)があります。ほとんどの記述子が欠けるため、--cap H, C, ring, 3mer のいずれかを指定してください
