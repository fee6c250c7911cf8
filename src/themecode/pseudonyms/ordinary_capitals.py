"""Words with a capital that find nobody: days, drugs, brands, bodies that everybody deals with."""

from __future__ import annotations

#: In small letters. Months are here because dates are found by their own shape.
ORDINARY = frozenset(
    """i i'm i'd i'll i've i'd've ok okay tv dvd cd pc hd usb
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays
    fridays saturdays sundays january february march april may june july august september october
    november december feb apr jul aug sept sep oct nov dec
    christmas easter eid diwali ramadan halloween hogmanay hanukkah lent advent xmas ne'er valentine's
    british english scottish welsh irish polish romanian indian pakistani bangladeshi chinese african
    caribbean asian european american muslim christian catholic protestant hindu sikh jewish jew islam
    black white roma traveller gypsy ukrainian portuguese spanish italian french german turkish
    kurdish somali nigerian ghanaian jamaican punjabi urdu bengali gujarati arabic lithuanian latvian
    god jesus christ lord allah bible quran koran mass devil satan heaven hell
    mum mam dad mummy daddy nan nana nanna gran granny grandma grandad grandpa auntie aunty aunt uncle
    nhs gp gps a&e icu itu er hiv hcv hep aids ptsd adhd add asd ocd bpd eupd copd ibs dvt ecg mri ct uti
    bmi cbt dbt emdr aa na ca al-anon smart dwp pip esa jsa uc dla lha hmrc dvla cps cafcass marac idva
    isva ivf dash cin camhs cmht iapt cpn crht amhp mha cqc ofsted send sen ehcp lac iro isw la mp
    mps pc pcso wpc dc ds di iopc cid hmp hmyoi yoi nps crc ippr bail tag asbo dna dv cctv id ni nino uk usa us eu
    it pdf app sms pin vat paye hr ceo pa cv ppe covid lgbt lgbtq lgbtqia bame bme dass dat dats dart
    oud ost tsb ot
    universal credit child benefit housing legal aid job centre jobcentre jobcentre+ plus council
    social services children's adult women's aid samaritans childline nspcc
    facebook instagram insta whatsapp snapchat snap tiktok twitter youtube google netflix zoom teams
    skype facetime messenger ebay amazon gmail hotmail outlook iphone ipad android xbox playstation nintendo
    tesco asda lidl aldi morrisons sainsbury's primark argos wilko poundland greggs costa mcdonald's
    mcdonalds kfc nando's iceland b&m ikea matalan
    valium diazepam methadone subutex buprenorphine buvidal espranor suboxone naloxone nyxoid tramadol
    pregabalin gabapentin codeine cocodamol co-codamol librium antabuse acamprosate disulfiram
    naltrexone zopiclone temazepam xanax ket spice mamba mdma lsd ghb gbl heroin crack cannabis
    sertraline mirtazapine quetiapine citalopram fluoxetine prozac olanzapine paracetamol ibuprofen nurofen
    calpol rizla buckfast stella carlsberg guinness lambrini strongbow special brew white lightning frosty jacks
    corsa fiesta astra golf polo clio focus ford vauxhall audi bmw mercedes nissan toyota vw volkswagen honda
    mr mrs ms miss dr sir madam doctor nurse sister father reverend rev professor prof judge pastor
    officer constable sergeant inspector captain lady lord saint st the a an
    post-it t-shirt t-shirts hoover biro sellotape velcro tupperware lego kettle jacuzzi
    interviewer researcher facilitator participant p1 p2 p3 p4 q a r int
    euros world cup premier league x-factor love island coronation street eastenders emmerdale
    radio bbc itv sky brexit covid-19 tories tory labour lib dems
    north south east west troubles sunday bank holiday boxing new year's eve mother's father's day
    section tier step steps part level band grade year plan b unit
    inaudible laughs pause crosstalk sighs laughter crying unclear
    yes no aye yeah well and but so because""".split()
)

#: Words that carry a sentence; a capital in the middle of one is a quotation's, not a name's.
LITTLE = frozenset(
    """a about after again all also always am an and another any anybody anyone anything are aren't as ask at away
    back be because been before being between both bit bloody but by call can can't cannot cause choose come
    could couldn't cos 'cos did didn't do does doesn't doing don't done down each either else enough even ever every
    everybody everyone everything exactly excuse fair fine first five for four from get getting give go god going gone
    good got great had hadn't half has hasn't have haven't having he he'd he'll he's hello her here here's hers
    hey hi him his how how's i if in into is isn't it it'd it'll it's its just keep know last leave let let's like
    listen little long look lots lovely make many maybe me mine more morning most mother much must my myself never new
    next nice no nobody none nor not nothing now of off oh ok okay on once one only onto or other ought our out over
    own part perhaps please put quite really right same say see seven several shall she she'd she'll she's should
    shouldn't shut since sit six so some somebody someone something sometimes somewhere soon sorry still stop straight
    strictly such sure take tell ten than thank thanks that that'd that's the their them then there there's these
    they they'd they'll they're they've thing things think this those three through till to today together tomorrow
    too totally try two under until up us very wait wasn't was we we'd we'll we're we've well went were weren't
    what what's when when's where where's whether which while who who's whoever whole whose why will with without
    won't would wouldn't yeah yes yesterday yet you you'd you'll you're you've your yours yourself ah aw erm mm um uh
    aye nah nope yep definitely honestly basically obviously anyway actually apparently absolutely hopefully
    somehow twice whatever whenever wherever both neither unless though although alright cheers bye twenty thirty""".split()
)

#: Titles: a name comes next.
TITLES = frozenset(
    """mr mrs ms miss mister missus mx dr doctor prof professor sir dame lord lady father fr sister pastor
    reverend rev vicar imam rabbi canon bishop judge magistrate pc wpc pcso dc ds di sgt sergeant inspector
    constable officer councillor cllr nurse matron midwife auntie aunty aunt uncle nan nana nanna nanny
    granny gran grandma grandad grandpa granda cousin captain major colonel councillor big wee little old
    young our""".split()
)
#: Titles that say, in small letters too, that a name comes next.
SURE_TITLES = frozenset(
    """mr mrs ms mister missus mx dr prof professor dame reverend rev pc wpc pcso sgt auntie aunty uncle
    councillor cllr pastor""".split()
)
#: Words of which an organisation's name is made.
ORGANISATIONS = frozenset(
    """surgery clinic hospital infirmary hospice practice pharmacy house project projects trust centre center
    hub school primary academy college university nursery playgroup church chapel mosque temple gurdwara
    synagogue parish prison hmp court refuge hostel shelter housing homes association foundation charity
    service services recovery team council society club union bank hall library museum theatre café cafe bar pub inn
    arms hotel factory works ltd limited plc solicitors & group network partnership women's ward unit
    station depot market mill high juniors infants kindergarten workshop kitchen pantry foodbank""".split()
)
#: After one of these, an ambiguous word in small letters ("dawn", "mark") is somebody.
NAMED_AFTER = frozenset(
    """called named name's named's our auntie aunty uncle nurse doctor mr mrs ms miss dr cousin sister brother
    husband wife partner boyfriend girlfriend daughter son mate friend worker keyworker ex counsellor
    sponsor manager boss dealer neighbour solicitor baby lad lass stepdad stepmum dad's mum's and
    with by from for to told asked rang phoned texted saw met love hi hello thanks bye dear bless""".split()
)
#: Before one of these an ambiguous word is somebody, too.
NAMED_BEFORE = frozenset(
    """said says goes told asked rang phoned came went was's who's who has's isn't wasn't and's reckons
    turned's knew knows thinks thought lives lived works worked died left used's""".split()
)
#: After one of these, an ambiguous word in small letters is a place ("reading", "bath", "hull").
PLACED_AFTER = frozenset(
    """in to from near round around outside over up down through at via of into leaving left live lived moved
    towards""".split()
)
