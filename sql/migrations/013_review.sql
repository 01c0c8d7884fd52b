-- The second opinion: models that an operator sets up, what a workspace lets out, what the models said.

-- What a model may write ------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.number_words() RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Written in ASCII, so that databases of every encoding take this script. The unit tests compare it with the engine's
    -- own list, which made it: number_words() of src/review/number_words.cpp.
    RETURN ARRAY(SELECT jsonb_array_elements_text(
        $english$
        ["apr","april","aug","august","billion","billions","bln","bps","cent","cents","chf","cny","couple","dec","december",
        "dollar","dollars","double","doubled","doubles","doubling","dozen","dozens","eight","eighteen","eighty","eleven",
        "eur","euro","euros","feb","february","fifteen","fifths","fifty","five","fivefold","forty","four","fourfold",
        "fourteen","fourths","fourty","gbp","half","halved","halves","halving","hundred","hundreds","jan","january","jpy",
        "jul","july","jun","june","million","millions","mln","naught","nil","nine","nineteen","ninety","nov","november","oct",
        "october","pct","percent","percentage","percents","pound","pounds","quadruple","quadrupled","quarter","quarters",
        "rouble","roubles","rub","ruble","rubles","sep","sept","september","seven","seventeen","seventy","six","sixteen",
        "sixty","ten","tenfold","tenth","tenths","thirds","thirteen","thirty","thousand","thousands","three","threefold",
        "thrice","trillion","trillions","triple","tripled","triples","tripling","twelve","twenty","twice","two","twofold",
        "usd","zero"]
        $english$::jsonb))
        || CASE WHEN getdatabaseencoding() = 'UTF8' THEN ARRAY(SELECT jsonb_array_elements_text(
        $russian$
        ["\u0430\u0432\u0433\u0443\u0441\u0442","\u0430\u0432\u0433\u0443\u0441\u0442\u0430",
        "\u0430\u0432\u0433\u0443\u0441\u0442\u0435","\u0430\u0432\u0433\u0443\u0441\u0442\u043e\u043c",
        "\u0430\u0432\u0433\u0443\u0441\u0442\u0443","\u0430\u043f\u0440\u0435\u043b\u0435",
        "\u0430\u043f\u0440\u0435\u043b\u0435\u043c","\u0430\u043f\u0440\u0435\u043b\u044c",
        "\u0430\u043f\u0440\u0435\u043b\u044e","\u0430\u043f\u0440\u0435\u043b\u044f","\u0432\u0434\u0432\u043e\u0435",
        "\u0432\u043e\u0441\u0435\u043c\u043d\u0430\u0434\u0446\u0430\u0442\u0438",
        "\u0432\u043e\u0441\u0435\u043c\u043d\u0430\u0434\u0446\u0430\u0442\u044c",
        "\u0432\u043e\u0441\u0435\u043c\u043d\u0430\u0434\u0446\u0430\u0442\u044c\u044e",
        "\u0432\u043e\u0441\u0435\u043c\u044c","\u0432\u043e\u0441\u0435\u043c\u044c\u0434\u0435\u0441\u044f\u0442",
        "\u0432\u043e\u0441\u0435\u043c\u044c\u0441\u043e\u0442","\u0432\u043e\u0441\u0435\u043c\u044c\u044e",
        "\u0432\u043e\u0441\u044c\u043c\u0438","\u0432\u043e\u0441\u044c\u043c\u0438\u0434\u0435\u0441\u044f\u0442\u0438",
        "\u0432\u043e\u0441\u044c\u043c\u0438\u0441\u043e\u0442","\u0432\u043e\u0441\u044c\u043c\u044c\u044e",
        "\u0432\u043f\u043e\u043b\u043e\u0432\u0438\u043d\u0443","\u0432\u043f\u044f\u0442\u0435\u0440\u043e",
        "\u0432\u0442\u0440\u043e\u0435","\u0432\u0447\u0435\u0442\u0432\u0435\u0440\u043e","\u0434\u0432\u0430",
        "\u0434\u0432\u0430\u0434\u0446\u0430\u0442\u0438","\u0434\u0432\u0430\u0434\u0446\u0430\u0442\u044c",
        "\u0434\u0432\u0430\u0434\u0446\u0430\u0442\u044c\u044e","\u0434\u0432\u0430\u0436\u0434\u044b","\u0434\u0432\u0435",
        "\u0434\u0432\u0435\u043d\u0430\u0434\u0446\u0430\u0442\u0438",
        "\u0434\u0432\u0435\u043d\u0430\u0434\u0446\u0430\u0442\u044c",
        "\u0434\u0432\u0435\u043d\u0430\u0434\u0446\u0430\u0442\u044c\u044e","\u0434\u0432\u0435\u0441\u0442\u0438",
        "\u0434\u0432\u043e\u0435","\u0434\u0432\u043e\u0438\u0445","\u0434\u0432\u043e\u0439\u043d\u0430\u044f",
        "\u0434\u0432\u043e\u0439\u043d\u043e\u0433\u043e","\u0434\u0432\u043e\u0439\u043d\u043e\u0435",
        "\u0434\u0432\u043e\u0439\u043d\u043e\u0439","\u0434\u0432\u043e\u0439\u043d\u043e\u043c\u0443",
        "\u0434\u0432\u043e\u0439\u043d\u0443\u044e","\u0434\u0432\u043e\u0439\u043d\u044b\u043c","\u0434\u0432\u0443\u043c",
        "\u0434\u0432\u0443\u043c\u044f","\u0434\u0432\u0443\u0445","\u0434\u0432\u0443\u0445\u0441\u043e\u0442",
        "\u0434\u0435\u0432\u044f\u043d\u043e\u0441\u0442\u0430","\u0434\u0435\u0432\u044f\u043d\u043e\u0441\u0442\u043e",
        "\u0434\u0435\u0432\u044f\u0442\u0438","\u0434\u0435\u0432\u044f\u0442\u0438\u0441\u043e\u0442",
        "\u0434\u0435\u0432\u044f\u0442\u043d\u0430\u0434\u0446\u0430\u0442\u0438",
        "\u0434\u0435\u0432\u044f\u0442\u043d\u0430\u0434\u0446\u0430\u0442\u044c",
        "\u0434\u0435\u0432\u044f\u0442\u043d\u0430\u0434\u0446\u0430\u0442\u044c\u044e",
        "\u0434\u0435\u0432\u044f\u0442\u044c","\u0434\u0435\u0432\u044f\u0442\u044c\u0441\u043e\u0442",
        "\u0434\u0435\u0432\u044f\u0442\u044c\u044e","\u0434\u0435\u043a\u0430\u0431\u0440\u0435",
        "\u0434\u0435\u043a\u0430\u0431\u0440\u0435\u043c","\u0434\u0435\u043a\u0430\u0431\u0440\u044c",
        "\u0434\u0435\u043a\u0430\u0431\u0440\u044e","\u0434\u0435\u043a\u0430\u0431\u0440\u044f",
        "\u0434\u0435\u0441\u044f\u0442\u0438","\u0434\u0435\u0441\u044f\u0442\u043a\u0430",
        "\u0434\u0435\u0441\u044f\u0442\u043a\u0430\u043c","\u0434\u0435\u0441\u044f\u0442\u043a\u0430\u043c\u0438",
        "\u0434\u0435\u0441\u044f\u0442\u043a\u0435","\u0434\u0435\u0441\u044f\u0442\u043a\u0438",
        "\u0434\u0435\u0441\u044f\u0442\u043a\u043e\u0432","\u0434\u0435\u0441\u044f\u0442\u043e\u043a",
        "\u0434\u0435\u0441\u044f\u0442\u044c","\u0434\u0435\u0441\u044f\u0442\u044c\u044e",
        "\u0434\u043e\u043b\u043b\u0430\u0440","\u0434\u043e\u043b\u043b\u0430\u0440\u0430",
        "\u0434\u043e\u043b\u043b\u0430\u0440\u0430\u043c","\u0434\u043e\u043b\u043b\u0430\u0440\u0430\u043c\u0438",
        "\u0434\u043e\u043b\u043b\u0430\u0440\u0430\u0445","\u0434\u043e\u043b\u043b\u0430\u0440\u0435",
        "\u0434\u043e\u043b\u043b\u0430\u0440\u043e\u0432","\u0434\u043e\u043b\u043b\u0430\u0440\u043e\u043c",
        "\u0434\u043e\u043b\u043b\u0430\u0440\u0443","\u0434\u043e\u043b\u043b\u0430\u0440\u044b",
        "\u0434\u044e\u0436\u0438\u043d\u0430","\u0434\u044e\u0436\u0438\u043d\u0435",
        "\u0434\u044e\u0436\u0438\u043d\u043e\u0439","\u0434\u044e\u0436\u0438\u043d\u0443",
        "\u0434\u044e\u0436\u0438\u043d\u044b","\u0435\u0432\u0440\u043e","\u0438\u044e\u043b\u0435",
        "\u0438\u044e\u043b\u0435\u043c","\u0438\u044e\u043b\u044c","\u0438\u044e\u043b\u044e","\u0438\u044e\u043b\u044f",
        "\u0438\u044e\u043d\u0435","\u0438\u044e\u043d\u0435\u043c","\u0438\u044e\u043d\u044c","\u0438\u044e\u043d\u044e",
        "\u0438\u044e\u043d\u044f","\u043a\u043e\u043f\u0435\u0435\u043a","\u043a\u043e\u043f\u0435\u0439\u043a\u0430",
        "\u043a\u043e\u043f\u0435\u0439\u043a\u0438","\u043a\u043e\u043f\u0435\u0439\u043a\u043e\u0439",
        "\u043a\u043e\u043f\u0435\u0439\u043a\u0443","\u043c\u0430\u0435","\u043c\u0430\u0435\u043c","\u043c\u0430\u0439",
        "\u043c\u0430\u0440\u0442","\u043c\u0430\u0440\u0442\u0430","\u043c\u0430\u0440\u0442\u0435",
        "\u043c\u0430\u0440\u0442\u043e\u043c","\u043c\u0430\u0440\u0442\u0443","\u043c\u0430\u044e","\u043c\u0430\u044f",
        "\u043c\u0438\u043b\u043b\u0438\u0430\u0440\u0434","\u043c\u0438\u043b\u043b\u0438\u0430\u0440\u0434\u0430",
        "\u043c\u0438\u043b\u043b\u0438\u0430\u0440\u0434\u0430\u043c",
        "\u043c\u0438\u043b\u043b\u0438\u0430\u0440\u0434\u0430\u043c\u0438",
        "\u043c\u0438\u043b\u043b\u0438\u0430\u0440\u0434\u0430\u0445",
        "\u043c\u0438\u043b\u043b\u0438\u0430\u0440\u0434\u0435",
        "\u043c\u0438\u043b\u043b\u0438\u0430\u0440\u0434\u043e\u0432",
        "\u043c\u0438\u043b\u043b\u0438\u0430\u0440\u0434\u043e\u043c",
        "\u043c\u0438\u043b\u043b\u0438\u0430\u0440\u0434\u0443","\u043c\u0438\u043b\u043b\u0438\u0430\u0440\u0434\u044b",
        "\u043c\u0438\u043b\u043b\u0438\u043e\u043d","\u043c\u0438\u043b\u043b\u0438\u043e\u043d\u0430",
        "\u043c\u0438\u043b\u043b\u0438\u043e\u043d\u0430\u043c",
        "\u043c\u0438\u043b\u043b\u0438\u043e\u043d\u0430\u043c\u0438",
        "\u043c\u0438\u043b\u043b\u0438\u043e\u043d\u0430\u0445","\u043c\u0438\u043b\u043b\u0438\u043e\u043d\u0435",
        "\u043c\u0438\u043b\u043b\u0438\u043e\u043d\u043e\u0432","\u043c\u0438\u043b\u043b\u0438\u043e\u043d\u043e\u043c",
        "\u043c\u0438\u043b\u043b\u0438\u043e\u043d\u0443","\u043c\u0438\u043b\u043b\u0438\u043e\u043d\u044b",
        "\u043c\u043b\u043d","\u043c\u043b\u0440\u0434","\u043d\u043e\u043b\u044c","\u043d\u043e\u043b\u044c\u044e",
        "\u043d\u043e\u044f\u0431\u0440\u0435","\u043d\u043e\u044f\u0431\u0440\u0435\u043c",
        "\u043d\u043e\u044f\u0431\u0440\u044c","\u043d\u043e\u044f\u0431\u0440\u044e","\u043d\u043e\u044f\u0431\u0440\u044f",
        "\u043d\u0443\u043b\u0435","\u043d\u0443\u043b\u0435\u0439","\u043d\u0443\u043b\u0435\u043c",
        "\u043d\u0443\u043b\u044c","\u043d\u0443\u043b\u044e","\u043d\u0443\u043b\u044f",
        "\u043e\u0434\u0438\u043d\u043d\u0430\u0434\u0446\u0430\u0442\u0438",
        "\u043e\u0434\u0438\u043d\u043d\u0430\u0434\u0446\u0430\u0442\u044c",
        "\u043e\u0434\u0438\u043d\u043d\u0430\u0434\u0446\u0430\u0442\u044c\u044e",
        "\u043e\u043a\u0442\u044f\u0431\u0440\u0435","\u043e\u043a\u0442\u044f\u0431\u0440\u0435\u043c",
        "\u043e\u043a\u0442\u044f\u0431\u0440\u044c","\u043e\u043a\u0442\u044f\u0431\u0440\u044e",
        "\u043e\u043a\u0442\u044f\u0431\u0440\u044f","\u043f\u043e\u043b","\u043f\u043e\u043b\u043e\u0432\u0438\u043d\u0430",
        "\u043f\u043e\u043b\u043e\u0432\u0438\u043d\u0435","\u043f\u043e\u043b\u043e\u0432\u0438\u043d\u043e\u0439",
        "\u043f\u043e\u043b\u043e\u0432\u0438\u043d\u0443","\u043f\u043e\u043b\u043e\u0432\u0438\u043d\u044b",
        "\u043f\u043e\u043b\u0442\u043e\u0440\u0430","\u043f\u043e\u043b\u0442\u043e\u0440\u044b",
        "\u043f\u0440\u043e\u0446\u0435\u043d\u0442","\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u0430",
        "\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u0430\u043c",
        "\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u0430\u043c\u0438",
        "\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u0430\u0445","\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u0435",
        "\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u043d\u043e\u0433\u043e",
        "\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u043d\u044b\u0439",
        "\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u043d\u044b\u043c",
        "\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u043d\u044b\u0445",
        "\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u043e\u0432","\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u043e\u043c",
        "\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u0443","\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u044b",
        "\u043f\u044f\u0442\u0438","\u043f\u044f\u0442\u0438\u0434\u0435\u0441\u044f\u0442\u0438",
        "\u043f\u044f\u0442\u0438\u0441\u043e\u0442","\u043f\u044f\u0442\u043d\u0430\u0434\u0446\u0430\u0442\u0438",
        "\u043f\u044f\u0442\u043d\u0430\u0434\u0446\u0430\u0442\u044c",
        "\u043f\u044f\u0442\u043d\u0430\u0434\u0446\u0430\u0442\u044c\u044e","\u043f\u044f\u0442\u044c",
        "\u043f\u044f\u0442\u044c\u0434\u0435\u0441\u044f\u0442","\u043f\u044f\u0442\u044c\u0441\u043e\u0442",
        "\u043f\u044f\u0442\u044c\u044e","\u0440\u0443\u0431","\u0440\u0443\u0431\u043b\u0435",
        "\u0440\u0443\u0431\u043b\u0435\u0439","\u0440\u0443\u0431\u043b\u0435\u043c","\u0440\u0443\u0431\u043b\u0438",
        "\u0440\u0443\u0431\u043b\u044c","\u0440\u0443\u0431\u043b\u044e","\u0440\u0443\u0431\u043b\u044f",
        "\u0440\u0443\u0431\u043b\u044f\u043c","\u0440\u0443\u0431\u043b\u044f\u043c\u0438",
        "\u0440\u0443\u0431\u043b\u044f\u0445","\u0441\u0435\u043c\u0438",
        "\u0441\u0435\u043c\u0438\u0434\u0435\u0441\u044f\u0442\u0438","\u0441\u0435\u043c\u0438\u0441\u043e\u0442",
        "\u0441\u0435\u043c\u043d\u0430\u0434\u0446\u0430\u0442\u0438",
        "\u0441\u0435\u043c\u043d\u0430\u0434\u0446\u0430\u0442\u044c",
        "\u0441\u0435\u043c\u043d\u0430\u0434\u0446\u0430\u0442\u044c\u044e","\u0441\u0435\u043c\u044c",
        "\u0441\u0435\u043c\u044c\u0434\u0435\u0441\u044f\u0442","\u0441\u0435\u043c\u044c\u0441\u043e\u0442",
        "\u0441\u0435\u043c\u044c\u044e","\u0441\u0435\u043d\u0442\u044f\u0431\u0440\u0435",
        "\u0441\u0435\u043d\u0442\u044f\u0431\u0440\u0435\u043c","\u0441\u0435\u043d\u0442\u044f\u0431\u0440\u044c",
        "\u0441\u0435\u043d\u0442\u044f\u0431\u0440\u044e","\u0441\u0435\u043d\u0442\u044f\u0431\u0440\u044f",
        "\u0441\u043e\u0440\u043e\u043a","\u0441\u043e\u0440\u043e\u043a\u0430","\u0441\u043e\u0442",
        "\u0441\u043e\u0442\u0435\u043d","\u0441\u043e\u0442\u043d\u0435\u0439","\u0441\u043e\u0442\u043d\u0438",
        "\u0441\u043e\u0442\u043d\u044e","\u0441\u043e\u0442\u043d\u044f","\u0441\u043e\u0442\u043d\u044f\u043c",
        "\u0441\u043e\u0442\u043d\u044f\u043c\u0438","\u0441\u043e\u0442\u043d\u044f\u0445","\u0441\u0442\u0430",
        "\u0441\u0442\u043e","\u0442\u0440\u0435\u043c","\u0442\u0440\u0435\u043c\u044f",
        "\u0442\u0440\u0435\u0442\u0435\u0439","\u0442\u0440\u0435\u0442\u044c","\u0442\u0440\u0435\u0442\u044c\u0438",
        "\u0442\u0440\u0435\u0442\u044c\u044e","\u0442\u0440\u0435\u0445","\u0442\u0440\u0435\u0445\u0441\u043e\u0442",
        "\u0442\u0440\u0438","\u0442\u0440\u0438\u0434\u0446\u0430\u0442\u0438",
        "\u0442\u0440\u0438\u0434\u0446\u0430\u0442\u044c","\u0442\u0440\u0438\u0434\u0446\u0430\u0442\u044c\u044e",
        "\u0442\u0440\u0438\u0436\u0434\u044b","\u0442\u0440\u0438\u043b\u043b\u0438\u043e\u043d",
        "\u0442\u0440\u0438\u043b\u043b\u0438\u043e\u043d\u0430",
        "\u0442\u0440\u0438\u043b\u043b\u0438\u043e\u043d\u0430\u043c",
        "\u0442\u0440\u0438\u043b\u043b\u0438\u043e\u043d\u0430\u043c\u0438",
        "\u0442\u0440\u0438\u043b\u043b\u0438\u043e\u043d\u0430\u0445",
        "\u0442\u0440\u0438\u043b\u043b\u0438\u043e\u043d\u0435",
        "\u0442\u0440\u0438\u043b\u043b\u0438\u043e\u043d\u043e\u0432",
        "\u0442\u0440\u0438\u043b\u043b\u0438\u043e\u043d\u043e\u043c",
        "\u0442\u0440\u0438\u043b\u043b\u0438\u043e\u043d\u0443","\u0442\u0440\u0438\u043b\u043b\u0438\u043e\u043d\u044b",
        "\u0442\u0440\u0438\u043d\u0430\u0434\u0446\u0430\u0442\u0438",
        "\u0442\u0440\u0438\u043d\u0430\u0434\u0446\u0430\u0442\u044c",
        "\u0442\u0440\u0438\u043d\u0430\u0434\u0446\u0430\u0442\u044c\u044e","\u0442\u0440\u0438\u0441\u0442\u0430",
        "\u0442\u0440\u043b\u043d","\u0442\u0440\u043e\u0435","\u0442\u0440\u043e\u0438\u0445","\u0442\u044b\u0441",
        "\u0442\u044b\u0441\u044f\u0447","\u0442\u044b\u0441\u044f\u0447\u0430","\u0442\u044b\u0441\u044f\u0447\u0430\u043c",
        "\u0442\u044b\u0441\u044f\u0447\u0430\u043c\u0438","\u0442\u044b\u0441\u044f\u0447\u0430\u0445",
        "\u0442\u044b\u0441\u044f\u0447\u0435","\u0442\u044b\u0441\u044f\u0447\u0435\u0439",
        "\u0442\u044b\u0441\u044f\u0447\u0438","\u0442\u044b\u0441\u044f\u0447\u0443",
        "\u0442\u044b\u0441\u044f\u0447\u044c\u044e","\u0443\u0434\u0432\u043e\u0435\u043d\u0438\u0435",
        "\u0443\u0434\u0432\u043e\u0435\u043d\u0438\u0435\u043c","\u0443\u0434\u0432\u043e\u0435\u043d\u0438\u044e",
        "\u0443\u0434\u0432\u043e\u0435\u043d\u0438\u044f","\u0443\u0434\u0432\u043e\u0438\u043b",
        "\u0443\u0434\u0432\u043e\u0438\u043b\u0430","\u0443\u0434\u0432\u043e\u0438\u043b\u0430\u0441\u044c",
        "\u0443\u0434\u0432\u043e\u0438\u043b\u0438","\u0443\u0434\u0432\u043e\u0438\u043b\u0438\u0441\u044c",
        "\u0443\u0434\u0432\u043e\u0438\u043b\u043e","\u0443\u0434\u0432\u043e\u0438\u043b\u043e\u0441\u044c",
        "\u0443\u0434\u0432\u043e\u0438\u043b\u0441\u044f","\u0443\u0434\u0432\u043e\u0438\u0442",
        "\u0443\u0434\u0432\u043e\u0438\u0442\u0441\u044f","\u0443\u0434\u0432\u043e\u0438\u0442\u044c",
        "\u0443\u0434\u0432\u043e\u0438\u0442\u044c\u0441\u044f","\u0443\u0442\u0440\u043e\u0435\u043d\u0438\u0435",
        "\u0443\u0442\u0440\u043e\u0435\u043d\u0438\u0435\u043c","\u0443\u0442\u0440\u043e\u0435\u043d\u0438\u044e",
        "\u0443\u0442\u0440\u043e\u0435\u043d\u0438\u044f","\u0443\u0442\u0440\u043e\u0438\u043b",
        "\u0443\u0442\u0440\u043e\u0438\u043b\u0430","\u0443\u0442\u0440\u043e\u0438\u043b\u0430\u0441\u044c",
        "\u0443\u0442\u0440\u043e\u0438\u043b\u0438","\u0443\u0442\u0440\u043e\u0438\u043b\u0438\u0441\u044c",
        "\u0443\u0442\u0440\u043e\u0438\u043b\u043e","\u0443\u0442\u0440\u043e\u0438\u043b\u043e\u0441\u044c",
        "\u0443\u0442\u0440\u043e\u0438\u043b\u0441\u044f","\u0443\u0442\u0440\u043e\u0438\u0442",
        "\u0443\u0442\u0440\u043e\u0438\u0442\u0441\u044f","\u0443\u0442\u0440\u043e\u0438\u0442\u044c",
        "\u0443\u0442\u0440\u043e\u0438\u0442\u044c\u0441\u044f","\u0444\u0435\u0432\u0440\u0430\u043b\u0435",
        "\u0444\u0435\u0432\u0440\u0430\u043b\u0435\u043c","\u0444\u0435\u0432\u0440\u0430\u043b\u044c",
        "\u0444\u0435\u0432\u0440\u0430\u043b\u044e","\u0444\u0435\u0432\u0440\u0430\u043b\u044f","\u0446\u0435\u043d\u0442",
        "\u0446\u0435\u043d\u0442\u0430","\u0446\u0435\u043d\u0442\u043e\u0432","\u0446\u0435\u043d\u0442\u044b",
        "\u0447\u0435\u0442\u0432\u0435\u0440\u043e","\u0447\u0435\u0442\u0432\u0435\u0440\u0442\u0435\u0439",
        "\u0447\u0435\u0442\u0432\u0435\u0440\u0442\u0438","\u0447\u0435\u0442\u0432\u0435\u0440\u0442\u044c",
        "\u0447\u0435\u0442\u0432\u0435\u0440\u0442\u044c\u044e","\u0447\u0435\u0442\u044b\u0440\u0435",
        "\u0447\u0435\u0442\u044b\u0440\u0435\u043c","\u0447\u0435\u0442\u044b\u0440\u0435\u0441\u0442\u0430",
        "\u0447\u0435\u0442\u044b\u0440\u0435\u0445","\u0447\u0435\u0442\u044b\u0440\u0435\u0445\u0441\u043e\u0442",
        "\u0447\u0435\u0442\u044b\u0440\u043d\u0430\u0434\u0446\u0430\u0442\u0438",
        "\u0447\u0435\u0442\u044b\u0440\u043d\u0430\u0434\u0446\u0430\u0442\u044c",
        "\u0447\u0435\u0442\u044b\u0440\u043d\u0430\u0434\u0446\u0430\u0442\u044c\u044e",
        "\u0447\u0435\u0442\u044b\u0440\u044c\u043c\u044f","\u0448\u0435\u0441\u0442\u0438",
        "\u0448\u0435\u0441\u0442\u0438\u0434\u0435\u0441\u044f\u0442\u0438",
        "\u0448\u0435\u0441\u0442\u0438\u0441\u043e\u0442",
        "\u0448\u0435\u0441\u0442\u043d\u0430\u0434\u0446\u0430\u0442\u0438",
        "\u0448\u0435\u0441\u0442\u043d\u0430\u0434\u0446\u0430\u0442\u044c",
        "\u0448\u0435\u0441\u0442\u043d\u0430\u0434\u0446\u0430\u0442\u044c\u044e","\u0448\u0435\u0441\u0442\u044c",
        "\u0448\u0435\u0441\u0442\u044c\u0434\u0435\u0441\u044f\u0442","\u0448\u0435\u0441\u0442\u044c\u0441\u043e\u0442",
        "\u0448\u0435\u0441\u0442\u044c\u044e","\u044f\u043d\u0432\u0430\u0440\u0435",
        "\u044f\u043d\u0432\u0430\u0440\u0435\u043c","\u044f\u043d\u0432\u0430\u0440\u044c",
        "\u044f\u043d\u0432\u0430\u0440\u044e","\u044f\u043d\u0432\u0430\u0440\u044f"]
        $russian$::jsonb)) END;
END $$;
COMMENT ON FUNCTION fin.number_words() IS 'Words that are numbers, shares, money or months by themselves, English and Russian, in every form.';

CREATE FUNCTION fin.number_word_form(plain text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    folded text := lower(plain);
BEGIN
    -- lower() of a database in the C locale leaves Russian capitals as they are; yo is written as ye.
    IF getdatabaseencoding() = 'UTF8' THEN
        FOR code IN 1040 .. 1071 LOOP
            folded := replace(folded, chr(code), chr(code + 32));
        END LOOP;
        folded := replace(replace(folded, chr(1025), chr(1077)), chr(1105), chr(1077));
        folded := replace(folded, chr(8217), '''');
    END IF;
    RETURN folded;
END $$;
COMMENT ON FUNCTION fin.number_word_form(text) IS 'A text as fin.number_words spells words: lower case in English and Russian.';

CREATE FUNCTION fin.is_grounded(written text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    plain   text;
    russian text := '';
    words   text[] := fin.number_words();
BEGIN
    IF written IS NULL OR length(written) > 4000 THEN
        RETURN false;
    END IF;
    plain := regexp_replace(written, '\{\{(f:[1-9][0-9]{0,3}(\.(value|change|period|name))?|n:[a-z]{8})\}\}', ' ', 'g');
    IF getdatabaseencoding() = 'UTF8' THEN
        russian := chr(1040) || '-' || chr(1103) || chr(1025) || chr(1105);
    END IF;
    -- Letters of English and Russian and plain punctuation: no digit of any script, no sign of money or percent, no link.
    IF plain !~ ('^[A-Za-z' || russian
                 || CASE WHEN getdatabaseencoding() = 'UTF8' THEN chr(160) || chr(171) || chr(187) || chr(8208) || chr(8209) || chr(8211) || chr(8212)
                                                                  || chr(8216) || chr(8217) || chr(8220) || chr(8221) || chr(8222) || chr(8230)
                         ELSE '' END
                 || E' .,;:!?()''"/&+\n-]*$') THEN
        RETURN false;
    END IF;
    IF plain ~* ('(://|www\.|https?:|mailto:|javascript:|[a-z' || russian || ']\.[a-z' || russian || '])') THEN
        RETURN false;
    END IF;
    -- "a third", "third of"; "the third payer" is a place in an order.
    IF plain ~* '\m(a|one|by|about|over|under|nearly|almost)\s+(third|fourth|fifth|sixth|seventh|eighth|ninth)\M'
       OR plain ~* '\m(third|fourth|fifth|sixth|seventh|eighth|ninth)\s+of\M' THEN
        RETURN false;
    END IF;
    RETURN NOT EXISTS (
        SELECT FROM regexp_split_to_table(fin.number_word_form(plain), '[^a-z' || russian || ''']+') AS said(word)
        WHERE word = ANY (words) OR (length(word) > 2 AND right(word, 2) = '''s' AND left(word, -2) = ANY (words)));
END $$;
COMMENT ON FUNCTION fin.is_grounded(text) IS
    'Whether a text of a model may be stored: outside its slots it holds no digit, percentage, sign of money, number word, name of a month or link, in English or Russian. The engine asks more (src/review/slots.hpp); this stands behind it.';

CREATE FUNCTION fin.is_grounded_answer(answer jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM jsonb_path_query(answer, 'strict $.**.text') AS t(said)
                       WHERE jsonb_typeof(said) <> 'string' OR NOT fin.is_grounded(said #>> '{}'))
$$;
COMMENT ON FUNCTION fin.is_grounded_answer(jsonb) IS 'Whether every text of a model''s answer may be stored.';

-- Set up by operators ---------------------------------------------------------------------------------------------------

CREATE TABLE fin.ai_models (
    name          text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9_.-]{0,62}$'),
    role          text NOT NULL CHECK (role IN ('drafter', 'checker', 'fallback')),
    provider      text NOT NULL REFERENCES fin.providers,
    dialect       text NOT NULL CHECK (dialect IN ('openai_chat', 'openai_responses', 'anthropic', 'compatible')),
    model         text NOT NULL CHECK (model <> ''),
    weight        numeric NOT NULL CHECK (weight > 0 AND weight <= 1),
    most_output   int NOT NULL DEFAULT 4096 CHECK (most_output BETWEEN 16 AND 200000),
    deadline      int NOT NULL DEFAULT 45 CHECK (deadline BETWEEN 1 AND 120),
    price_input   numeric NOT NULL DEFAULT 0 CHECK (price_input >= 0),
    price_cached  numeric NOT NULL DEFAULT 0 CHECK (price_cached >= 0),
    price_cache_write numeric NOT NULL DEFAULT 0 CHECK (price_cache_write >= 0),
    price_output  numeric NOT NULL DEFAULT 0 CHECK (price_output >= 0),
    settings      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    enabled       boolean NOT NULL DEFAULT true,
    changed_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX ai_models_role ON fin.ai_models (role) WHERE enabled;
COMMENT ON TABLE fin.ai_models IS 'Models that review analyses: one enabled for each role. Operators alone define them.';
COMMENT ON COLUMN fin.ai_models.role IS 'drafter writes, checker judges each statement, fallback writes where the drafter cannot.';
COMMENT ON COLUMN fin.ai_models.weight IS 'Of its vote on severities; those that answer share all of it.';
COMMENT ON COLUMN fin.ai_models.deadline IS 'Seconds that one call may take, with all of its attempts.';
COMMENT ON COLUMN fin.ai_models.price_input IS 'Money for a million tokens in, as all prices here in one currency.';

-- What a workspace allows -----------------------------------------------------------------------------------------------

CREATE TABLE fin.ai_consents (
    workspace_id uuid PRIMARY KEY REFERENCES fin.workspaces ON DELETE CASCADE,
    enabled      boolean NOT NULL,
    daily_budget numeric NOT NULL DEFAULT 5 CHECK (daily_budget >= 0),
    name_key     text NOT NULL DEFAULT replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
    changed_by   uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
    changed_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE fin.ai_consents IS 'Whether facts of a workspace may go to the models. Without a row: no.';
COMMENT ON COLUMN fin.ai_consents.daily_budget IS 'Money a day (UTC), in the currency of fin.ai_models'' prices.';
COMMENT ON COLUMN fin.ai_consents.name_key IS 'Makes the tokens that names leave as: stable in this workspace, unlike another''s.';
CREATE TRIGGER audit_ai_consent AFTER INSERT OR UPDATE OR DELETE ON fin.ai_consents
    FOR EACH ROW EXECUTE FUNCTION fin.audit_row('ai_consent', 'ai_consent', 'ai_consent_removed');

ALTER TABLE fin.prompts ADD CONSTRAINT prompts_body_size CHECK (length(body) BETWEEN 1 AND 8000);
CREATE TRIGGER audit_prompt AFTER INSERT OR UPDATE OR DELETE ON fin.prompts
    FOR EACH ROW EXECUTE FUNCTION fin.audit_row('prompt_add', 'prompt_change', 'prompt_remove');

-- What was asked and said -----------------------------------------------------------------------------------------------

CREATE TABLE fin.ai_calls (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id   uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    report_id      uuid,
    job_id         bigint,
    purpose        text NOT NULL CHECK (purpose IN ('draft', 'check', 'category')),
    model_name     text NOT NULL,
    provider       text NOT NULL,
    model          text NOT NULL,
    prompt         text NOT NULL,
    payload_hash   text NOT NULL,
    status         text NOT NULL DEFAULT 'sent',
    input_tokens   bigint,
    cached_tokens  bigint,
    output_tokens  bigint,
    cost           numeric NOT NULL,
    seconds        double precision,
    request_id     text,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ai_calls_day ON fin.ai_calls (workspace_id, created_at);
COMMENT ON TABLE fin.ai_calls IS 'Every call to a model: what it cost, and the hash of what left. Written by workers alone.';
COMMENT ON COLUMN fin.ai_calls.status IS 'sent while it is under way, then ok or what went wrong.';
COMMENT ON COLUMN fin.ai_calls.cost IS 'By the provider''s own token counts; while it is under way, and where the provider named none, the most it can cost.';

CREATE TABLE fin.ai_answers (
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    key          text NOT NULL,
    model        text NOT NULL,
    answer       jsonb NOT NULL CHECK (fin.is_grounded_answer(answer)),
    hits         bigint NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_hit_at  timestamptz,
    PRIMARY KEY (workspace_id, key)
);
COMMENT ON TABLE fin.ai_answers IS 'Answers of models by model, prompt version and hash of the facts: asked again, they cost nothing.';

CREATE TABLE fin.reviews (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id  uuid NOT NULL,
    report_id     uuid NOT NULL,
    analysis_id   uuid NOT NULL,
    language      text NOT NULL CHECK (language IN ('en', 'ru')),
    source        text NOT NULL CHECK (source IN ('models', 'template')),
    facts         jsonb NOT NULL,
    names         jsonb NOT NULL,
    facts_hash    text NOT NULL,
    prompt        text NOT NULL,
    agreement     double precision CHECK (agreement BETWEEN 0 AND 1),
    confidence_factor double precision NOT NULL CHECK (confidence_factor BETWEEN 0.9 AND 1.1),
    providers     jsonb NOT NULL,
    judgments     jsonb NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, analysis_id),
    FOREIGN KEY (workspace_id, analysis_id) REFERENCES fin.analyses (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE fin.reviews IS 'The models'' second opinion on a stored analysis. Written by workers alone.';
COMMENT ON COLUMN fin.reviews.facts IS 'The facts by id: what left, and the query that gives each again.';
COMMENT ON COLUMN fin.reviews.names IS 'Token -> name. Never leaves.';

CREATE TABLE fin.review_statements (
    workspace_id uuid NOT NULL,
    review_id    uuid NOT NULL REFERENCES fin.reviews ON DELETE CASCADE,
    no           int NOT NULL CHECK (no >= 0),
    text         text NOT NULL CHECK (fin.is_grounded(text)),
    fact_ids     int[] NOT NULL,
    said_by      text NOT NULL,
    verdict      text CHECK (verdict IN ('supported', 'unsupported', 'contradicted')),
    checked_by   text,
    PRIMARY KEY (review_id, no)
);
COMMENT ON TABLE fin.review_statements IS 'What the models said, with slots for every figure and name. 0 is the headline.';
COMMENT ON COLUMN fin.review_statements.verdict IS 'Of the checker; null where there was none.';

ALTER TABLE fin.analyses ADD COLUMN review jsonb;
COMMENT ON COLUMN fin.analyses.review IS 'What the review adds to the document: ai, confidence. document_hash is of the document without it.';

CREATE OR REPLACE VIEW fin.cache_stats WITH (security_invoker = true) AS
    SELECT a.workspace_id, 'analyses'::text AS cache, count(*) AS entries, coalesce(sum(a.hits), 0)::bigint AS hits, count(*) AS misses
    FROM fin.analyses a GROUP BY a.workspace_id
    UNION ALL
    SELECT a.workspace_id, 'ai_answers', count(*), coalesce(sum(a.hits), 0)::bigint, count(*)
    FROM fin.ai_answers a GROUP BY a.workspace_id;
COMMENT ON VIEW fin.cache_stats IS 'How often stored analyses and answers of models answered. Each entry was one miss.';

-- For workers -------------------------------------------------------------------------------------------------------------
-- These run in the job's identity; session_user says that it is a worker that asks, which nobody can log in as.

CREATE FUNCTION fin.ai_require_worker(place uuid) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user <> 'fin_worker' OR NOT place = ANY (fin.workspaces_of('analyst')) THEN
        RAISE EXCEPTION 'only workers write what models say' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;
COMMENT ON FUNCTION fin.ai_require_worker(uuid) IS 'Refuses whoever is no worker acting for an analyst of the workspace.';

CREATE FUNCTION fin.ai_access(place uuid, wanted text)
    RETURNS TABLE(connection_id uuid, provider text, base_url text, secret bytea)
    LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    -- The workspace's own key, where it has one for this provider; else the installation's.
    SELECT c.id, p.name, p.base_url, CASE WHEN c.id IS NULL THEN p.secret ELSE c.secret END
    FROM fin.ai_models m JOIN fin.providers p ON p.name = m.provider
    LEFT JOIN LATERAL (SELECT c.id, c.secret FROM fin.connections c WHERE c.workspace_id = place AND c.provider = p.name AND c.secret IS NOT NULL
                       ORDER BY c.created_at, c.id LIMIT 1) c ON true
    WHERE m.name = wanted AND m.enabled
$$;
COMMENT ON FUNCTION fin.ai_access(uuid, text) IS 'For workers: where a model is reached and with which sealed key.';

CREATE FUNCTION fin.ai_call_begin(place uuid, call jsonb, most numeric) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    allowed record;
    spent   numeric;
    made    bigint;
BEGIN
    PERFORM fin.ai_require_worker(place);
    -- One at a time in a workspace: two calls cannot spend the same money.
    SELECT c.enabled, c.daily_budget INTO allowed FROM fin.ai_consents c WHERE c.workspace_id = place FOR UPDATE;
    IF allowed.enabled IS NOT TRUE THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(sum(a.cost), 0) INTO spent FROM fin.ai_calls a
    WHERE a.workspace_id = place AND a.created_at >= date_trunc('day', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
    IF spent + most > allowed.daily_budget THEN
        RETURN NULL;
    END IF;
    INSERT INTO fin.ai_calls (workspace_id, report_id, job_id, purpose, model_name, provider, model, prompt, payload_hash, cost)
    SELECT place, r.report_id, r.job_id, r.purpose, r.model_name, r.provider, r.model, r.prompt, r.payload_hash, most
    FROM jsonb_to_record(call) AS r(report_id uuid, job_id bigint, purpose text, model_name text, provider text, model text, prompt text, payload_hash text)
    RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin.ai_call_begin(uuid, jsonb, numeric) IS
    'For workers, before a call: sets the most that it can cost aside. Null: AI is off or the day''s budget would be exceeded.';

CREATE FUNCTION fin.ai_call_end(place uuid, call_id bigint, ended jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    was record;
BEGIN
    PERFORM fin.ai_require_worker(place);
    UPDATE fin.ai_calls c
    SET status = e.status, input_tokens = e.input_tokens, cached_tokens = e.cached_tokens, output_tokens = e.output_tokens,
        cost = coalesce(e.cost, c.cost), seconds = e.seconds, request_id = left(e.request_id, 200), model = coalesce(left(e.model, 200), c.model)
    FROM jsonb_to_record(ended) AS e(status text, input_tokens bigint, cached_tokens bigint, output_tokens bigint, cost numeric, seconds float8,
                                     request_id text, model text)
    WHERE c.id = call_id AND c.workspace_id = place AND c.status = 'sent'
    RETURNING c.* INTO was;
    IF FOUND THEN
        PERFORM fin.audit_write(place, 'ai_call', was.report_id::text, NULL, was.payload_hash,
            jsonb_build_object('call', was.id, 'purpose', was.purpose, 'provider', was.provider, 'model', was.model, 'prompt', was.prompt,
                               'status', was.status, 'input_tokens', was.input_tokens, 'output_tokens', was.output_tokens, 'cost', was.cost));
    END IF;
END $$;
COMMENT ON FUNCTION fin.ai_call_end(uuid, bigint, jsonb) IS 'For workers, after a call: what it cost and how it ended; writes the audit entry.';

CREATE FUNCTION fin.ai_answer_get(place uuid, wanted text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_answer jsonb;
BEGIN
    PERFORM fin.ai_require_worker(place);
    UPDATE fin.ai_answers a SET hits = a.hits + 1, last_hit_at = clock_timestamp()
    WHERE a.workspace_id = place AND a.key = wanted RETURNING a.answer INTO found_answer;
    RETURN found_answer;
END $$;
COMMENT ON FUNCTION fin.ai_answer_get(uuid, text) IS 'For workers: a stored answer of a model, counted as a hit.';

CREATE FUNCTION fin.ai_answer_put(place uuid, wanted text, model text, answer jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM fin.ai_require_worker(place);
    INSERT INTO fin.ai_answers AS a (workspace_id, key, model, answer)
    VALUES (place, wanted, ai_answer_put.model, ai_answer_put.answer)
    ON CONFLICT ON CONSTRAINT ai_answers_pkey DO NOTHING;
END $$;
COMMENT ON FUNCTION fin.ai_answer_put(uuid, text, text, jsonb) IS 'For workers: keeps an answer whose texts may be stored.';

CREATE FUNCTION fin.review_store(place uuid, review jsonb) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made     uuid;
    analysis record;
BEGIN
    PERFORM fin.ai_require_worker(place);
    -- The analysis may be gone or may have its review already: a job that runs twice stores once.
    SELECT a.id, a.report_id, a.document INTO analysis FROM fin.analyses a
    WHERE a.workspace_id = place AND a.id = (review_store.review ->> 'analysis_id')::uuid FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT r.id INTO made FROM fin.reviews r WHERE r.workspace_id = place AND r.analysis_id = analysis.id;
    IF FOUND THEN
        RETURN made;
    END IF;
    INSERT INTO fin.reviews (workspace_id, report_id, analysis_id, language, source, facts, names, facts_hash, prompt, agreement,
                             confidence_factor, providers, judgments)
    SELECT place, analysis.report_id, analysis.id, r.language, r.source, r.facts, r.names, r.facts_hash, r.prompt, r.agreement,
           r.confidence_factor, r.providers, r.judgments
    FROM jsonb_to_record(review_store.review) AS r(language text, source text, facts jsonb, names jsonb, facts_hash text, prompt text, agreement float8,
                                      confidence_factor float8, providers jsonb, judgments jsonb)
    RETURNING id INTO made;
    INSERT INTO fin.review_statements (workspace_id, review_id, no, text, fact_ids, said_by, verdict, checked_by)
    SELECT place, made, s.no, s.text, s.fact_ids, s.said_by, s.verdict, s.checked_by
    FROM jsonb_to_recordset(review_store.review -> 'statements') AS s(no int, text text, fact_ids int[], said_by text, verdict text, checked_by text);
    UPDATE fin.analyses a
    SET review = jsonb_build_object('ai', (review_store.review -> 'ai') || jsonb_build_object('review_id', made, 'analysis_id', analysis.id),
        'confidence', round(least(1, (analysis.document ->> 'confidence')::numeric * (review_store.review ->> 'confidence_factor')::numeric), 2))
    WHERE a.workspace_id = place AND a.id = analysis.id;
    PERFORM fin.audit_write(place, 'review', analysis.report_id::text, NULL, review_store.review ->> 'facts_hash',
                            jsonb_build_object('analysis_id', analysis.id, 'source', review_store.review ->> 'source'));
    -- Whoever waits: LISTEN fin_analyses. Ids alone, since every session of the database may listen.
    PERFORM pg_notify('fin_analyses', jsonb_build_object('report_id', analysis.report_id, 'analysis_id', analysis.id, 'review_id', made)::text);
    RETURN made;
END $$;
COMMENT ON FUNCTION fin.review_store(uuid, jsonb) IS
    'For workers: stores a review, upgrades its analysis and tells who listens on channel fin_analyses, all in one transaction.';

CREATE FUNCTION fin.ai_setup(place uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT place = ANY (fin.workspaces_of('viewer')) THEN
        RAISE EXCEPTION 'you are no member of that workspace' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN jsonb_build_object(
        'enabled', coalesce((SELECT c.enabled FROM fin.ai_consents c WHERE c.workspace_id = place), false),
        -- Of a workspace that never switched it on: for a preview, the same in each of them.
        'name_key', coalesce((SELECT c.name_key FROM fin.ai_consents c WHERE c.workspace_id = place), place::text),
        'style', (SELECT jsonb_build_object('version', p.version, 'body', p.body) FROM fin.prompts p
                  WHERE p.workspace_id = place AND p.name = 'review' ORDER BY p.version DESC LIMIT 1),
        'models', (SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY m.role), '[]') FROM fin.ai_models m WHERE m.enabled));
END $$;
COMMENT ON FUNCTION fin.ai_setup(uuid) IS 'What a review of a workspace''s analysis goes by: consent, key of the tokens, style, models. No secret.';

-- Styles compared ---------------------------------------------------------------------------------------------------------

CREATE TABLE fin.prompt_trials (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    job_id       bigint NOT NULL,
    report_id    uuid NOT NULL,
    variant      text NOT NULL CHECK (variant IN ('default', 'own')),
    prompt       text NOT NULL,
    drafted      int NOT NULL,
    stored       int NOT NULL,
    refused      int NOT NULL,
    agreement    double precision,
    cost         numeric NOT NULL,
    seconds      double precision NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX prompt_trials_job ON fin.prompt_trials (workspace_id, job_id);
COMMENT ON TABLE fin.prompt_trials IS 'How a workspace''s own style of reviews and the default did on the same past reports.';
COMMENT ON COLUMN fin.prompt_trials.refused IS 'Answers whose texts or shape could not be stored.';

CREATE FUNCTION fin.prompt_trial_add(place uuid, trial jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM fin.ai_require_worker(place);
    INSERT INTO fin.prompt_trials (workspace_id, job_id, report_id, variant, prompt, drafted, stored, refused, agreement, cost, seconds)
    SELECT place, t.job_id, t.report_id, t.variant, t.prompt, t.drafted, t.stored, t.refused, t.agreement, t.cost, t.seconds
    FROM jsonb_to_record(trial) AS t(job_id bigint, report_id uuid, variant text, prompt text, drafted int, stored int, refused int,
                                     agreement float8, cost numeric, seconds float8)
    -- Of an attempt that the server's end cut off.
    WHERE NOT EXISTS (SELECT FROM fin.prompt_trials p WHERE p.workspace_id = place AND p.job_id = t.job_id AND p.report_id = t.report_id
                                                       AND p.variant = t.variant);
END $$;
COMMENT ON FUNCTION fin.prompt_trial_add(uuid, jsonb) IS 'For workers: how a style did on a report.';

-- Categories for rows without one -------------------------------------------------------------------------------------------

CREATE TABLE fin.category_suggestions (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL,
    report_id    uuid NOT NULL,
    merchant     text NOT NULL,
    inflow       boolean NOT NULL,
    counterparty text NOT NULL,
    rows         int NOT NULL,
    category     text NOT NULL CHECK (category <> ''),
    source       text NOT NULL CHECK (source IN ('rules', 'model')),
    said_by      text,
    status       text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'accepted', 'rejected')),
    decided_by   uuid REFERENCES fin.users ON DELETE SET NULL,
    decided_at   timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, report_id, merchant, inflow),
    FOREIGN KEY (workspace_id, report_id) REFERENCES fin.reports (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE fin.category_suggestions IS 'Categories for rows that have none. Nothing changes until somebody accepts one.';
COMMENT ON COLUMN fin.category_suggestions.merchant IS 'The counterparty as fin_merchant spells it.';
CREATE TRIGGER audit_suggestion AFTER UPDATE ON fin.category_suggestions
    FOR EACH ROW EXECUTE FUNCTION fin.audit_row('suggest', 'suggestion_decide', 'suggestion_remove');

CREATE TABLE fin.merchant_categories (
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    merchant     text NOT NULL,
    inflow       boolean NOT NULL,
    category     text,
    said_by      text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, merchant, inflow)
);
COMMENT ON TABLE fin.merchant_categories IS 'What a model said of a merchant, asked once. A null category: it did not know, which beats a guess.';

CREATE FUNCTION fin.suggestions_store(place uuid, report uuid, said jsonb) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made int;
BEGIN
    PERFORM fin.ai_require_worker(place);
    INSERT INTO fin.merchant_categories AS m (workspace_id, merchant, inflow, category, said_by)
    SELECT place, s.merchant, s.inflow, s.category, s.said_by
    FROM jsonb_to_recordset(said) AS s(merchant text, inflow boolean, category text, said_by text)
    ON CONFLICT ON CONSTRAINT merchant_categories_pkey DO NOTHING;
    INSERT INTO fin.category_suggestions (workspace_id, report_id, merchant, inflow, counterparty, rows, category, source, said_by)
    SELECT place, r.id, s.merchant, s.inflow, s.counterparty, s.rows, m.category, 'model', m.said_by
    FROM jsonb_to_recordset(said) AS s(merchant text, inflow boolean, counterparty text, rows int)
    JOIN fin.merchant_categories m ON m.workspace_id = place AND m.merchant = s.merchant AND m.inflow = s.inflow AND m.category IS NOT NULL
    JOIN fin.reports r ON r.workspace_id = place AND r.id = report
    ON CONFLICT ON CONSTRAINT category_suggestions_workspace_id_report_id_merchant_inflow_key DO NOTHING;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin.suggestions_store(uuid, uuid, jsonb) IS 'For workers: keeps what a model said of merchants, and suggests it for the report.';

CREATE FUNCTION fin.suggestion_apply(suggestion uuid) RETURNS TABLE(report_id uuid, merchant text, inflow boolean, category text)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    -- Who may change the report: its importer, and admins.
    RETURN QUERY UPDATE fin.category_suggestions s SET status = 'accepted', decided_by = fin.current_user_id(), decided_at = now()
    FROM fin.reports r
    WHERE s.id = suggestion AND s.status = 'open' AND r.workspace_id = s.workspace_id AND r.id = s.report_id AND r.source = 'import'
      AND (s.workspace_id = ANY (fin.workspaces_of('admin')) OR (s.workspace_id = ANY (fin.workspaces_of('analyst')) AND r.created_by = fin.current_user_id()))
    RETURNING s.report_id, s.merchant, s.inflow, s.category;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'suggestion % cannot be accepted', suggestion USING ERRCODE = 'undefined_object',
            DETAIL = 'There is no such open suggestion for an imported report that you may change.';
    END IF;
END $$;
COMMENT ON FUNCTION fin.suggestion_apply(uuid) IS 'Marks a suggestion as accepted for whoever may change its report. Called by fin_suggestion_accept.';

CREATE FUNCTION fin.reports_being_categorised() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    -- now() is the transaction's: what was accepted in it, and nothing before.
    SELECT coalesce(array_agg(DISTINCT s.report_id), '{}') FROM fin.category_suggestions s
    WHERE s.status = 'accepted' AND s.decided_at = now() AND s.decided_by = fin.current_user_id()
$$;
COMMENT ON FUNCTION fin.reports_being_categorised() IS 'Reports for which the caller accepts a suggestion in this very transaction.';

INSERT INTO fin.job_kinds (kind, priority, max_attempts, timeout, handler, min_role, holds_worker, lane_key) VALUES
    ('ai_categories', 'medium', 3, '5 minutes', 'ai_categories', 'analyst', false, NULL),
    ('prompt_compare', 'low', 2, '30 minutes', 'prompt_compare', 'admin', false, NULL)
ON CONFLICT (kind) DO NOTHING;
