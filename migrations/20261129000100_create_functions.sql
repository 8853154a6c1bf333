-- Ids and names: the functions that the tables need.
create extension if not exists pg_trgm;

-- Returns a new id for a time: a UUIDv7, which begins with the milliseconds since 1970.
create function uuid_v7(at timestamptz) returns uuid language sql volatile as $$
    select (
        lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0')
        || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14)
    )::uuid;
$$;

-- Returns the time in a UUIDv7, to the millisecond.
create function uuid_v7_time(id uuid) returns timestamptz language sql immutable as $$
    select timestamptz 'epoch'
        + make_interval(secs => ('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0);
$$;

-- Names are stored composed, compared by full case folding, found without accents, listed in the order of the Unicode
-- collation. All of it by ICU, the same whatever the locale of the database. Bodies are SQL-standard, so that they are bound to
-- their functions and collations when they are created, not when an index is restored from a dump.

-- Returns the full case folding, through the capitals: in them ß is SS, and neither sigma nor the Turkish i has two forms.
create function case_fold(value text) returns text language sql immutable strict parallel safe
return translate(replace(lower(upper(value collate "und-x-icu")), 'ß', 'ss'), 'ς', 'σ');

-- Returns the key of a name: two with the same key are one name. Accents count, a dot on an i does not.
create function name_key(name text) returns text language sql immutable strict parallel safe
return normalize(replace(case_fold(normalize(name, nfc)), E'i\u0307', 'i'), nfc);

-- Returns a text as a search compares it: without case, accents, vowel points and invisible characters, with plain quotes and hyphens,
-- in compatible forms and with single spaces. `domain::text::search_fold` is the same.
create function search_fold(value text) returns text language sql immutable strict parallel safe
return normalize(
    regexp_replace(
        regexp_replace(
            replace(
                replace(
                    replace(
                        translate(
                            -- An acute alone is a space with an accent in compatible forms: typed, it is a quote.
                            case_fold(normalize(replace(value, E'\u00b4', ''''), nfkd)),
                            E'\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc`'
                            '\u201c\u201d\u201e\u201f\u2033'
                            '\u2010\u2011\u2012\u2013\u2014\u2015\u2212'
                            'øłđðħŧ',
                            repeat('''', 9) || repeat('"', 5) || repeat('-', 7) || 'olddht'
                        ),
                        'æ', 'ae'
                    ),
                    'œ', 'oe'
                ),
                'þ', 'th'
            ),
            '[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670'
            '\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2060-\u2064'
            '\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]',
            '', 'g'
        ),
        '[\t-\r \u0085\u1680\u2028\u2029]+', ' ', 'g'
    ),
    nfkc
);

-- Returns the text of a user that is searched: a line for each of username, display name and email, each word after a space. All are
-- folded at once, with a sign between them that no name has and that folds to itself.
create function search_text(username text, display_name text, email text) returns text
language sql immutable parallel safe
return ' ' || replace(
    search_fold(username || E'\u001f' || display_name || E'\u001f' || coalesce(email, '')), E'\u001f', E' \n '
) || ' ';

-- Returns the pieces by which an index finds a text: from each character of a word the next six, and the first two of the word
-- after a `^`. The rest at the end of a word counts from three characters on, in Chinese, Japanese and Korean from two.
create function search_grams(search text) returns tsvector language plpgsql immutable strict parallel safe as $$
declare
    grams text[] := '{}';
    word text;
begin
    foreach word in array string_to_array(translate(search, E'\n', ' '), ' ') loop
        continue when word = '';
        grams := grams || ('^' || left(word, 2));
        for start in 1 .. char_length(word) - 2 loop
            grams := grams || substr(word, start, 6);
        end loop;
        if right(word, 2)
            ~ '^[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff].'
        then
            grams := grams || right(word, 2);
        end if;
    end loop;
    return array_to_tsvector(grams);
end $$;

-- Returns a username as it looks. Only names in ASCII have no stored skeleton: for them the letters are enough that look alike in
-- most fonts.
create function skeleton_of(username text) returns text language sql immutable strict parallel safe
return replace(translate(lower(username collate "C"), '01', 'ol'), 'm', 'rn');
