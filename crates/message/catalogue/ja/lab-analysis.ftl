# matdock-lab の解析と模擬物理の文。

lab-analysis-column-missing = ストリーム「{ $stream }」に列「{ $column }」がありません。測定の出力にこの名前で加えてください。
lab-analysis-column-length = ストリーム「{ $stream }」の列「{ $column }」の値の数が最初の列と異なります。各行に値が 1 つずつ必要です。
lab-analysis-column-unit = ストリーム「{ $stream }」の列「{ $column }」の単位は { $found } ですが、{ $wanted } に換算できる単位でなければなりません。
lab-analysis-not-finite = ストリーム「{ $stream }」、列「{ $column }」、{ $row } 行目: 有限の数ではありません。このような行は除いてください。
lab-analysis-setting-missing = 解析には数値「{ $name }」[{ $unit }] が必要です。解析ステップの設定に加えてください。
lab-analysis-setting-positive = 設定「{ $name }」は { $value } ですが、0 より大きくなければなりません。
lab-analysis-too-few-points = スペクトルは { $found } 点しかありません。回路のフィッティングには少なくとも { $needed } 点必要です。
lab-analysis-frequency-range = スペクトル { $row } 行目: 周波数 { $value } Hz が 1e-9〜1e15 Hz の範囲にありません。列の単位を確認してください。
lab-analysis-impedance-range = スペクトル { $row } 行目: インピーダンス { $value } Ohm の大きさが 1e-9〜1e15 Ohm の範囲にありません。接触と列の単位を確認してください。
lab-analysis-frequency-order = スペクトル { $row } 行目: 周波数 { $value } Hz の順序が乱れています。周波数は行ごとに増加するか、または減少しなければなりません。
lab-analysis-not-converged = 等価回路のフィッティングが収束しませんでした。
lab-analysis-one-arc = 1 つの円弧でも 2 つと同程度に説明できるため、界面と電解質を区別できません。
lab-analysis-residual = 等価回路とスペクトルのずれは平均 { $percent } % です。
lab-analysis-undetermined = 界面抵抗の不確かさは { $percent } % です。
lab-analysis-out-of-range = 界面の円弧が測定した周波数の範囲外にあります。
lab-analysis-overlap = 2 つの円弧が重なっており (時定数の比が 5 未満)、どちらが界面か不確かです。
lab-analysis-exponent = 界面の円弧の指数が下限にあり、定位相要素の円弧とはいえません。
lab-analysis-systematic = 等価回路とスペクトルの間に、ノイズを超える系統的なずれがあります。
lab-analysis-not-determined = スペクトルからは決まりません。

lab-physics-unknown-capability = シミュレーションラボは「{ $name }」を行えません。可能なもの: { $known }。
lab-physics-setting-missing = { $capability }: 設定「{ $name }」[{ $unit }] がありません。レシピのステップに加えてください。
lab-physics-setting-range = 設定「{ $name }」は { $value } ですが、{ $low } から { $high } { $unit } の間でなければなりません。
lab-physics-plasma-lost = 成膜中にプラズマが消えました。
lab-physics-source-empty = 蒸着中にリチウム源が空になりました。
lab-physics-contact-lost = 測定中に接触が失われました。
lab-physics-no-contact = 膜が損傷しているため接触が取れません。
lab-physics-incomplete-cell = 測定できる完成したセルがありません (電極、電解質、リチウムが必要です)。
lab-physics-delaminated = 熱処理中に膜が基板から剥離しました。
lab-physics-lithium-melted = 熱処理中にリチウムが溶融しました。
lab-physics-incomplete-film = このステップに使える膜がまだありません。レシピには dose、mill、knead、coat、dry、sinter のステップがこの順で必要です。
lab-physics-overload = ペーストが硬すぎて混練機が停止しました。
lab-physics-stiff = スラリーが硬すぎて塗工できませんでした。
lab-physics-jam = 凝集体がブレードに詰まり、塗膜に筋が入りました。
lab-physics-crack = 乾燥中に膜にひびが入りました。
