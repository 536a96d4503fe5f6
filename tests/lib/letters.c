#include "letters.h"
#include "base/token.h"
#include <string.h>

#define MONDAY_8 INT64_C(1795417200) /* 2026-11-23 07:00 UTC */
#define HOUR 3600

const struct sender_identity *letter_sender(void)
{
	static const uint8_t secret[TOKEN_SECRET] = "one of tests";
	static struct token_keys keys;
	static const struct sender_identity sender = {
	    .community = "Red de Innovación Pública",
	    .url = "https://comunidad.example.org/",
	    .from_name = "Avisos de la Red de Innovación Pública",
	    .from_email = "avisos@example.org",
	    .contact = "ayuda@example.org",
	    .base = "https://avisos.example.org/",
	    .keys = &keys,
	};

	if (!keys.n)
		token_add_key(&keys, 1, 0, secret);
	return &sender;
}

struct row {
	const char *group, *group_title, *title, *author, *text;
	int replies, new_comments;
	bool is_new;
	const char *comment_author, *comment;
};

static const struct row good[] = {
    {"contratacion", "Contratación pública",
     "¿Cómo valoráis la innovación en los pliegos sin disparar las "
     "impugnaciones?",
     "María José Ibáñez",
     "Estamos preparando un contrato mixto y queremos dar hasta 20 puntos a "
     "soluciones innovadoras. El interventor teme que los criterios no sean "
     "objetivos. ¿Alguien tiene un pliego publicado que haya resistido un "
     "recurso ante el tribunal administrativo? Nos serviría también la "
     "memoria justificativa.",
     14, 5, true, "Joaquín Peña",
     "Nosotros lo hicimos con una comisión técnica externa y una rúbrica "
     "publicada con el pliego. Hubo recurso y se desestimó: os paso la "
     "resolución y el anexo con la rúbrica."},
    {"datos", "Datos abiertos",
     "Publicado el nuevo catálogo de conjuntos de datos de movilidad 🚲",
     "Ángel Muñoz",
     "Ya están disponibles los aforos de bicicletas de 48 municipios, con "
     "actualización horaria y licencia CC BY 4.0.",
     0, 0, true, NULL, NULL},
    {"atencion", "Atención a la ciudadanía",
     "Lenguaje claro: plantillas de notificación que sí se entienden",
     "Lucía Fernández-Ordóñez",
     "Comparto las tres plantillas que hemos probado con personas usuarias "
     "mayores de 65 años. La diferencia en llamadas al 010 ha sido del 23 %.",
     31, 3, false, "Begoña Aguirre",
     "Las hemos adaptado al euskera y funcionan igual de bien. ¿Os importa "
     "que las publiquemos con vuestra licencia?"},
    {"contratacion", "Contratación pública",
     "Contrato menor y servidores: ¿dónde está el límite?", "Íñigo Uría", "", 7,
     7, false, NULL, NULL},
    {"formacion", "Formación y aprendizaje",
     "Curso abierto: evaluación de políticas públicas con R", "Inés Gómez",
     "Empieza el 11 de enero, seis semanas, 3 horas por semana. Plazas para "
     "personal de cualquier administración iberoamericana.",
     2, 2, true, "Rubén Ñáñez",
     "¿Hay certificado para el concurso de méritos?"},
    {"rural", "Innovación rural",
     "Teleasistencia en municipios de menos de 500 habitantes", "Óscar Valdés",
     "Buscamos experiencias en las que la conexión era mala.", 1, 1, true,
     "Pilar Sáez", "En Teruel usamos LoRa; te escribo."},
    {"datos", "Datos abiertos",
     "https://datos.example.org/dataset/"
     "registro-de-convenios-administrativos-2026-definitivo-v2-final.csv",
     "", "Sin comentarios.", -1, 0, true, NULL, NULL},
    {"atencion", "Atención a la ciudadanía",
     "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten"
     "gesellschaftsverordnungsentwurfsbegründungsanlage",
     "Jürgen Groß",
     "Una palabra larguísima: "
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
     3, 1, false, "Eva", "👩‍💻👍🏽 ¡Qué bueno!"},
    {"ia", "Inteligencia artificial",
     "日本の自治体における生成AIの利用ガイドライン", "佐藤 花子",
     "自治体職員のための利用規程の例を共有します。", 4, 2, true, "Tomás",
     "¿Existe traducción?"},
    {"ia", "Inteligencia artificial",
     "Registro de algoritmos: ¿qué campos publicáis?", "Núria Coll",
     "Pensamos en finalidad, datos usados, responsable y vía de "
     "reclamación.",
     9, 4, false, "Hugo Cárdenas",
     "Añade quién lo audita y cuándo fue la última vez."},
    {"rural", "Innovación rural", "Bibliobús + trámites: resultados del piloto",
     "Asunción Peña", "500 trámites en tres meses, 94 % resueltos al momento.",
     0, 0, true, NULL, NULL},
    {"formacion", "Formación y aprendizaje",
     "Club de lectura de noviembre: «Estado emprendedor» (& otros)",
     "Carmen O'Donnell", "Nos vemos el jueves 26 a las 16:30.", 5, 1, false,
     "Xosé", "Allí estaré."},
};

static const struct row hostile[] = {
    {"contratacion", "<b>Grupo</b>\r\nX-Evil: 1",
     "<script>alert('x')</script> & \"comillas\"\r\nBcc: evil@example.com",
     "\"><img src=https://evil.example.com/p.gif>",
     "{{say.that_is_all}} {{{html}}} <style>*{display:none}</style>\n\n.\n"
     "From nobody\n\xe2\x80\xae"
     "osrever\x01\x7f\xff\xc3",
     3, 1, false, "</td></table>\xe2\x80\xae",
     "<a href=\"javascript:alert(1)\">clic</a> ]]> <!-- &nbsp; &#0;"},
    {"", "", "", "", "   \n\t ", 0, 0, true, NULL, NULL},
};

static const struct row english[] = {
    {"procurement", "Public procurement",
     "How do you score innovation in a tender without inviting challenges?",
     "Mary O'Neill",
     "We want to give up to 20 points to new solutions. Has anyone published "
     "criteria that survived a review?",
     14, 5, true, "Jack Brown",
     "We used an external panel and published the rubric with the tender."},
    {"open-data", "Open data", "A new catalogue of mobility data sets",
     "Alan Moore", "Bicycle counts of 48 towns, updated hourly.", 0, 0, true,
     NULL, NULL},
    {"open-data", "Open data",
     "Which fields do you publish in a register of "
     "algorithms?",
     "", "", 1, 1, false, "Hugh", "Add who audits it."},
};

#define TEN(s) s s s s s s s s s s
#define FAMILY "👩‍👩‍👧‍👦"

static const struct row one[] = {
    {"contratacion", "Contratación pública",
     TEN("Un título que no acaba nunca, con comas, y que nadie quiere leer "
	 "entero; "),
     TEN("María de los Ángeles "), TEN("Un texto con sus frases. "), 1, 1, true,
     TEN("Joaquín "), TEN("Una respuesta de varias palabras. ")},
};

/* Right to left, stacked, joined and without spaces. */
static const struct row scripts[] = {
    {"ar", "المشتريات العامة", "كيف نقيّم الابتكار في المناقصات العامة؟",
     "أحمد بن علي", "نص قصير (مع أقواس) وأرقام 123.", 3, 1, true, "مريم",
     "نعم."},
    {"he", "רכש ציבורי", "איך מעריכים חדשנות במכרז? (שאלה)", "נועה",
     TEN("טקסט ארוך מאוד עם מילים רבות. "), 1, 0, true, NULL, NULL},
    {"hi", "सार्वजनिक खरीद", TEN("निविदाओं में नवाचार का मूल्यांकन "), "क्षितिज",
     "नमस्ते।", 0, 0, true, NULL, NULL},
    {"th", "จัดซื้อจัดจ้าง", TEN("การประเมินนวัตกรรมในการจัดซื้อจัดจ้างภาครัฐ"), "สมชาย",
     "ไม่มีช่องว่างระหว่างคำ", 2, 0, true, NULL, NULL},
    {"ko", "공공 조달", "입찰에서 혁신을 어떻게 평가합니까?", "김민수",
     "각각의 기준.", 2, 0, true, NULL, NULL},
    {"el", "Δημόσιες συμβάσεις", "Πώς αξιολογείται η καινοτομία;", "Ελένη",
     "Κείμενο.", 2, 0, true, NULL, NULL},
    {"ru", "Государственные закупки", "Как оценивать инновации?",
     "Ольга Ёлкина", "Текст.", 2, 0, true, NULL, NULL},
    {"ka", "შესყიდვები", "როგორ ფასდება ინოვაცია?", "ნინო", "ტექსტი.", 2, 0,
     true, NULL, NULL},
    {"am", "ግዥ", "ፈጠራን እንዴት ይመዝናሉ?", "አበበ", "ጽሑፍ።", 2, 0, true, NULL, NULL},
    {"my", "ဝယ်ယူရေး", TEN("ဆန်းသစ်တီထွင်မှုကို"), "အောင်", "စာ။", 2, 0, true, NULL, NULL},
    {"emoji", "🇪🇸🇲🇽🇵🇹", TEN(TEN(FAMILY)), "👍🏽", TEN(TEN("🇧🇷🇦🇷")), 2, 0,
     true, NULL, NULL},
    {"marks", "Z͑ͫa̡l͖g͢o", TEN(TEN("e\xcc\x81\xcc\xa3")), "é",
     TEN(TEN("a\xcc\x80\xcc\x81\xcc\x82\xcc\x83")), 2, 0, true, NULL, NULL},
    {"bidi",
     "\xe2\x80\xae"
     "gpj.exe",
     "a\xe2\x81\xa6"
     "b\xe2\x80\xab"
     "c\xe2\x80\x8f"
     "d\xe2\x80\xad"
     "e (f) [g]",
     "\xe2\x81\xa9"
     "Eve\xe2\x80\xac",
     "x\xe2\x80\xaey\xe2\x81\xa7z", 2, 0, true, NULL, NULL},
};

static const char *const names[] = {
    [LETTER_ALERT] = "alert",	  [LETTER_COMMENT] = "comment",
    [LETTER_COUNT] = "count",	  [LETTER_DAILY] = "daily",
    [LETTER_HOSTILE] = "hostile", [LETTER_WEEKLY_ENGLISH] = "weekly-english",
    [LETTER_HUGE] = "huge",	  [LETTER_ONE] = "one",
    [LETTER_SCRIPTS] = "scripts", [LETTER_QUESTION] = "question",
};

const char *letter_sample_name(enum letter_sample sample)
{
	return names[sample];
}

static struct item item_of(const struct row *row, int position,
			   struct arena *mem)
{
	const char *base = "https://comunidad.example.org/";
	struct item item = {
	    .position = position,
	    .debate_id = 100 + position,
	    .is_new = row->is_new,
	    .new_comments = row->new_comments,
	    .group = row->group,
	    .group_title = row->group_title,
	    .group_url = arena_printf(mem, "%sc/%s", base, row->group),
	};

	item.debate = (struct debate){
	    .id = item.debate_id,
	    .title = row->title,
	    .url = arena_printf(mem, "%st/%d?u=ana&n=1", base, position),
	    .author = row->author,
	    .text = row->text,
	    .published_at = MONDAY_8 - position * HOUR * 5 / 2,
	    .replies = row->replies,
	};
	if (row->comment)
		item.comment = (struct comment){
		    .id = 1000 + position,
		    .url = arena_printf(mem, "%st/%d#c%d", base, position,
					row->new_comments),
		    .author = row->comment_author,
		    .text = row->comment,
		    .published_at = MONDAY_8 - position * HOUR / 2,
		};
	return item;
}

static struct item *items_of(const struct row *rows, size_t n,
			     struct arena *mem)
{
	struct item *items = arena_array(mem, n, sizeof(*items));

	for (size_t i = 0; i < n; i++)
		items[i] = item_of(&rows[i], (int)i + 1, mem);
	return items;
}

/* As plan/choice.h puts them in order; the last `headlines` are lines. */
static void put_in_sections(struct item *items, size_t n, size_t headlines)
{
	static const enum section sections[] = {
	    SECTION_FOR_YOU, SECTION_NEW,    SECTION_NEW,
	    SECTION_MOVES,   SECTION_USEFUL, SECTION_LEARN,
	};
	size_t full = n - headlines;

	for (size_t i = 0; i < n; i++) {
		items[i].form = i < full ? ITEM_FULL : ITEM_HEADLINE;
		items[i].section =
		    i + 1 == full ? SECTION_INVITE : sections[i * 6 / n];
	}
}

#define N_HUGE 50

/* The longest of everything, of what grows most when it is escaped. */
static struct item *huge_items(struct arena *mem)
{
	struct item *items = arena_array(mem, N_HUGE, sizeof(*items));
	char *text = arena_alloc(mem, DEBATE_TEXT_MAX + 1);
	char *url = arena_alloc(mem, DEBATE_URL_MAX + 1);

	memset(text, '&', DEBATE_TEXT_MAX);
	memset(url, '&', DEBATE_URL_MAX);
	memcpy(url, "https://example.org/?", 21);
	for (int i = 0; i < N_HUGE; i++) {
		items[i] = item_of(&good[0], i + 1, mem);
		items[i].debate.text = items[i].comment.text = text;
		items[i].debate.title = text + DEBATE_TEXT_MAX - 500;
		items[i].debate.url = url;
	}
	return items;
}

static const struct rest rests[] = {
    {.debates = 3, .group = "datos", .group_title = "Datos abiertos"},
    {.debates = 1, .group = "ia", .group_title = "Inteligencia artificial"},
};

static void fill_items(struct letter *letter, enum letter_sample sample,
		       struct arena *mem)
{
	struct item *items;

	switch (sample) {
	case LETTER_HOSTILE:
		letter->n_items = sizeof(hostile) / sizeof(hostile[0]);
		items = items_of(hostile, letter->n_items, mem);
		items[0].comment.url = "javascript:alert(1)";
		items[1].debate.url = "https://a.example.org/\r\nX: y";
		break;
	case LETTER_WEEKLY_ENGLISH:
		letter->n_items = sizeof(english) / sizeof(english[0]);
		items = items_of(english, letter->n_items, mem);
		put_in_sections(items, letter->n_items, 0);
		break;
	case LETTER_HUGE:
		letter->n_items = N_HUGE;
		items = huge_items(mem);
		break;
	case LETTER_ONE:
		letter->n_items = 1;
		items = items_of(one, 1, mem);
		break;
	case LETTER_SCRIPTS:
		letter->n_items = sizeof(scripts) / sizeof(scripts[0]);
		items = items_of(scripts, letter->n_items, mem);
		break;
	case LETTER_DAILY:
		letter->n_items = sizeof(good) / sizeof(good[0]);
		items = items_of(good, letter->n_items, mem);
		put_in_sections(items, letter->n_items, 3);
		letter->rests = rests;
		letter->n_rests = sizeof(rests) / sizeof(rests[0]);
		break;
	case LETTER_QUESTION:
		letter->ask = "https://avisos.example.org/c/"
			      "AQEAAAAAAAASZ__________9AAAAAGr9hyQ0yC26kdTo1HOx"
			      "qgYoH9Wi";
		return;
	default:
		letter->n_items = 1;
		items = items_of(good, 1, mem);
		items[0].is_new = sample == LETTER_ALERT;
		items[0].new_comments = sample == LETTER_ALERT ? 0 : 1;
		if (sample == LETTER_COMMENT)
			items[0].comment_id = items[0].comment.id;
		else
			items[0].comment.id = 0;
		if (sample == LETTER_COUNT)
			items[0].new_comments = 4;
		break;
	}
	letter->items = items;
}

struct letter letter_sample(enum letter_sample sample, struct arena *mem)
{
	struct delivery *d = arena_alloc(mem, sizeof(*d));
	struct member *member = arena_alloc(mem, sizeof(*member));
	struct letter letter = {.delivery = d, .member = member};
	bool alert = sample <= LETTER_COUNT;

	*member = (struct member){
	    .id = 7,
	    .set = {.key = "ana",
		    .email = "ana@example.org",
		    .name = "Ana Núñez Etxeberría",
		    .language = sample == LETTER_WEEKLY_ENGLISH ? "en" : "es",
		    .timezone = "Europe/Madrid",
		    .budget = 600},
	};
	*d = (struct delivery){
	    .id = 1,
	    .kind = alert ? DELIVERY_ALERT : DELIVERY_DIGEST,
	    .frequency = alert ? FREQUENCY_IMMEDIATE : FREQUENCY_DAILY,
	    .slot = alert ? "" : "2026-11-23",
	    .message_id = arena_printf(mem, "%s.1.24d4b96f58da6d4a@example.org",
				       names[sample]),
	    .date = MONDAY_8,
	    .left_out = sample == LETTER_DAILY ? 4 : 0,
	    .groups = alert ? 1 : 6,
	    .seconds = alert ? 0 : 530,
	    .seconds_all = alert ? 0 : 900,
	    .quiet_group = sample == LETTER_DAILY ? 1 : 0,
	    .quiet_name = "datos",
	    .quiet_title = "Datos abiertos",
	};
	if (sample == LETTER_WEEKLY_ENGLISH) {
		d->frequency = FREQUENCY_WEEKLY;
		d->slot = "2026-W48";
	}
	if (sample == LETTER_QUESTION) {
		d->kind = DELIVERY_CONFIRM;
		d->notice = NOTICE_REMINDER;
	}
	fill_items(&letter, sample, mem);
	return letter;
}

/* ---- a community --------------------------------------------------------- */

#define N_DEBATES 40

/* Lengths as forums have them: excerpts are cut, some quotes too. */
static struct item *community_debates(struct arena *mem)
{
	struct item *items = arena_array(mem, N_DEBATES, sizeof(*items));
	const size_t n = sizeof(good) / sizeof(good[0]);

	for (int i = 0; i < N_DEBATES; i++) {
		struct item *item = &items[i];

		*item = item_of(&good[(size_t)i % n], i + 1, mem);
		item->after_event = 10 * i;
		item->upto_event = 10 * i + 9;
		item->debate.title =
		    arena_printf(mem, "%s (%d)", item->debate.title, i + 1);
		item->debate.text =
		    arena_printf(mem, "%s %s", item->debate.text,
				 good[(size_t)(i / 2) % n].text);
	}
	return items;
}

static uint32_t random_below(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % n;
}

/* Twelve different ones; the less of two throws makes the first popular. */
static const struct item *choose(const struct item *debates, uint32_t *seed,
				 struct arena *mem)
{
	struct item *items =
	    arena_array(mem, LETTER_COMMUNITY_ITEMS, sizeof(*items));
	bool taken[N_DEBATES] = {false};

	for (int n = 0; n < LETTER_COMMUNITY_ITEMS;) {
		uint32_t a = random_below(seed, N_DEBATES);
		uint32_t b = random_below(seed, N_DEBATES);
		uint32_t k = a < b ? a : b;

		if (taken[k])
			continue;
		taken[k] = true;
		items[n] = debates[k];
		items[n].position = n + 1;
		n++;
	}
	put_in_sections(items, LETTER_COMMUNITY_ITEMS, 0);
	return items;
}

struct letter *letter_community(size_t n, struct arena *mem)
{
	static const char *const zones[] = {"Europe/Madrid", "Europe/Madrid",
					    "America/Mexico_City",
					    "America/Bogota"};
	static const char *const people[] = {"Ana Núñez", "Luis Prado",
					     "María José Ibáñez", "Eva Sanz"};
	struct letter *letters = arena_array(mem, n, sizeof(*letters));
	const struct item *debates = community_debates(mem);
	uint32_t seed = 1;

	for (size_t i = 0; i < n; i++) {
		struct delivery *d = arena_alloc(mem, sizeof(*d));
		struct member *m = arena_alloc(mem, sizeof(*m));
		struct letter *l = &letters[i];

		*l = letter_sample(LETTER_DAILY, mem);
		*d = *l->delivery;
		*m = *l->member;
		d->message_id =
		    arena_printf(mem, "digest.2026-11-23.%zu@example.org", i);
		d->left_out = (int32_t)random_below(&seed, 4);
		d->groups = 3 + (int32_t)random_below(&seed, 4);
		m->id = (int64_t)i + 1;
		m->set.key = arena_printf(mem, "m%zu", i);
		m->set.email = arena_printf(mem, "m%zu@example.org", i);
		m->set.name = people[random_below(&seed, 4)];
		m->set.timezone = zones[random_below(&seed, 4)];
		m->set.language = random_below(&seed, 8) ? "es" : "en";
		*l = (struct letter){.delivery = d,
				     .member = m,
				     .items = choose(debates, &seed, mem),
				     .n_items = LETTER_COMMUNITY_ITEMS};
	}
	return letters;
}
