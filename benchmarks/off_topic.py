"""Invented talk about nothing in particular, as fills half of any interview; no one ever said it."""

OPENERS = """
|||||||Well, |So, |I mean, |Erm, |No, |Aye, |Yeah, |And |But |Anyway, |Like I say, |Oh, |See, |
To be fair, |Honestly, |You know, |And then, |Right, |Because |
""".replace("\n", "").split("|")

FILLERS = {
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday yesterday".split(),
    "month": "January February April June August October November".split(),
    "food": "soup|toast|a pasty|chips|beans|a roast|porridge|an omelette|curry|crumble".split("|"),
    "place": "Leeds|Barry|Oban|the market|Grimsby|the seafront|Asda|the library|Kendal|"
    "the garden centre|Paisley|the retail park".split("|"),
    "person": "our Denise|Maureen|next door|my cousin|the lad downstairs|Auntie Bet|Farida|"
    "the postman|Gwen|my brother in law|Karolina|the woman in the bakery".split("|"),
    "pet": "the cat|the dog|the budgie|her whippet|the rabbit|the tortoise".split("|"),
    "colour": "green blue yellow orange brown cream purple".split(),
    "thing": "the kettle|the boiler|my phone|the hoover|the telly|the gate|the tap|the oven|"
    "the washing line|the radiator|my glasses|the remote".split("|"),
    "number": "two three four five six nine twelve twenty".split(),
}

LINES = """
The bus was late again on {day}, it's always the {number} o'clock one.
I had to go all the way round by {place} because of the roadworks.
It rained that hard you couldn't see across the road.
{person} brought round {food} and we ate it on our knees.
I'd left the washing out, of course.
We used to go to {place} for a week every {month}.
{thing} packed up on {day} and I've not got round to it.
{pet} sits on the windowsill and watches the pigeons.
I've painted the back bedroom {colour} and I'm not sure about it.
My knees are bad on them stairs.
You can't get a decent loaf round here since the shop shut.
They've put new lights up along the front.
It was about {number} miles, I think, and uphill.
I did the crossword, all but one clue.
The match was on so it was dead quiet in town.
I like a bit of gardening when it's dry.
The tomatoes never did anything this year.
{person} has got one of them air fryers, swears by it.
I've got {number} spoons and no forks, don't ask me why.
It's a lovely view once you get to the top.
They moved the library to the old swimming baths.
I was going to wear the {colour} one but it had shrunk.
Sorry, that's the door, it'll be the parcel.
I've had that coat since I was about {number}.
We got a takeaway and watched a film about penguins.
The wind had the fence down in {month}.
I never know which bin goes out on a {day}.
{pet} had to go to the vet's with its foot.
You go past the chip shop and it's on the left.
They've changed all the numbers on the buses.
I can't be doing with the self service tills.
It was that cold I had {number} jumpers on.
She does a lovely sponge, {person} does.
I've been trying to learn the ukulele off the computer.
It goes dark so early now, doesn't it.
My nephew is mad on trains, he knows every one.
I took the scenic route, shall we say.
There was a queue right out of the post office.
I put {thing} on and sat down for five minutes.
The clocks had gone back and nobody told me.
We had {food} because it was {day}.
You could hear the sea from the top bedroom.
I've walked past it a hundred times and never gone in.
{person} is getting married in {month}, in a barn.
It came with instructions in every language but English.
I'd forgotten my umbrella, typical.
They do a quiz there of a {day} night.
We came second, by one point, to the bowls club.
I'm reading one about a lighthouse.
The picture kept going funny on {thing}.
It's nice to sit outside with a cup of tea.
The gulls had the bag open before I'd turned round.
I've always liked {colour}, it's cheerful.
He's got an allotment up by the railway.
There were leeks like your arm.
The traffic on the ring road is shocking.
I missed my stop because I was looking out of the window.
It's {number} pounds for a sandwich now.
I've got my sewing machine out again.
I made curtains out of an old sheet and they hang all right.
We had a power cut on {day}, the whole street.
I found the torch but not the batteries.
They were giving away plants outside {place}.
It had a tartan lid, that flask, I can see it now.
The school play was the three little pigs.
He was the second wolf, there were {number} wolves.
I don't mind the snow so long as I'm in.
You want to try the café at {place}, it's good value.
The swimming pool is closed till {month}.
My hair takes an hour to dry.
I got a new phone and I can't find anything on it.
The ferry was off because of the wind.
I said I'd bring a pudding and then I burned it.
There's a heron on the canal some mornings.
I set {number} alarms and slept through the lot.
{person} has moved to the coast and doesn't miss it.
We were playing cards until gone midnight.
The light in this room is better than the other one.
It was one of them ones with the sliding door.
They had the bunting up for weeks after.
I quite like ironing, me, with the radio on.
The car wouldn't start, so that was that.
You had to put a coin in the trolley.
I bought {food} and a magazine for the journey.
It's handy for the station, I'll say that.
I've been to {place} but never the other side of it.
My dad's shed was always full of string.
There was a big {colour} clock on the wall.
We had ducks on the village pond and a swan that hissed.
I had a go at the pottery, it came out like an ashtray.
The bread man used to come on a {day}.
It took {number} of us to get the settee up.
They've taken the phone box away.
I was sat next to {person} at the bingo.
{pet} will only eat the expensive stuff.
I've a lodger now, a student, no bother at all.
The stairs creak on the fourth one up.
You get a free cup of tea if you're early.
It was a funny sort of a {month}, warm and then hail.
I'm hopeless at directions.
We had the windows open all night in that heat.
The choir do carols outside {place}.
I can't sing, I just open and close my mouth.
He fixed {thing} with a bit of tape.
I had a job on the fish counter once, for {number} weeks.
The smell stays in your gloves.
They've painted all the railings {colour}.
It's a nice walk, flat, with benches.
I do a jigsaw at Christmas, the big one.
There's always one piece gone, it's always sky.
We took sandwiches up to {place} and it poured.
The lifts were broken so I was puffed out.
I've started doing my steps, {number} thousand a day.
She can knit without looking, it's a marvel.
My watch stopped at ten to three.
You should have seen the size of the marrow.
It says {day} on the ticket but it's the week after.
I've never been on a plane, me.
We got off at the wrong platform.
The radio was playing that song, the one with the whistling.
I'd put {food} on and forgot about it.
They sell everything in there, buckets, bulbs, bird seed.
The carpet is {colour}, it was here when I moved in.
It's that quiet up there you can hear the sheep.
I like the adverts better than the programmes.
The neighbour has a drum kit, bless him.
{person} rang while I was in the bath.
There's a fair on the common every {month}.
I won a goldfish and it lived for {number} years.
The baker knows what I'm having before I say it.
We had a barbecue in the rain with a tarpaulin up.
The tiles came from {place}, they were in the sale.
I was looking for my keys and they were in my hand.
It's got a nice high ceiling, has this room.
You never see a milk float now.
They've a stall with every sort of cheese.
I went to see the lights switched on.
It was meant to be somebody off the telly but it was {person}.
{pet} was asleep in the laundry basket.
I've kept all the postcards in a tin.
There were {number} coaches parked along the front.
You can see Wales on a clear day.
I never liked sprouts until I was forty.
The hedge wants cutting but there's a nest in it.
We were on the top deck at the front, best seats.
It's all flat packs now, isn't it.
He whistles when he's doing the dishes.
I've an old bike I mean to do up.
The map was upside down, that was the trouble.
They had to put straw down in the car park.
I'll have another biscuit if they're going.
It's {colour} with a white collar, very smart.
We never did find out whose umbrella it was.
""".strip().splitlines()

QUESTIONS = """
Could you tell me a bit more about that?
Mm. And what happened next?
How was that for you?
Okay. And when would that have been?
Right, yes.
What was a usual day like at that time?
Is there anything you would have liked to be otherwise?
Mhm.
Thank you. Shall we have a break there, or carry on?
And who was about then?
What did you make of it?
Can I just check that this is still recording?
Where were you living then?
If you could say one thing to the people who plan this, what would it be?
""".strip().splitlines()
