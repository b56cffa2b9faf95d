<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>Acts</name>
    <message numerus="yes">
        <source>%Ln faces accepted as {name}</source>
        <translation>
            <numerusform>%Ln face accepted as {name}</numerusform>
            <numerusform>%Ln faces accepted as {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces assigned to {name}</source>
        <translation>
            <numerusform>%Ln face assigned to {name}</numerusform>
            <numerusform>%Ln faces assigned to {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces are not {name}</source>
        <translation>
            <numerusform>%Ln face is not {name}</numerusform>
            <numerusform>%Ln faces are not {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces confirmed as {name}</source>
        <translation>
            <numerusform>%Ln face confirmed as {name}</numerusform>
            <numerusform>%Ln faces confirmed as {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces moved to {name}</source>
        <translation>
            <numerusform>%Ln face moved to {name}</numerusform>
            <numerusform>%Ln faces moved to {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces matched automatically</source>
        <translation>
            <numerusform>%Ln face matched automatically</numerusform>
            <numerusform>%Ln faces matched automatically</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>told %Ln clusters apart</source>
        <translation>
            <numerusform>told %Ln cluster apart</numerusform>
            <numerusform>told %Ln clusters apart</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>joined %Ln rows of a cast sheet</source>
        <translation>
            <numerusform>joined %Ln row of a cast sheet</numerusform>
            <numerusform>joined %Ln rows of a cast sheet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>split %Ln faces off a row of a cast sheet</source>
        <translation>
            <numerusform>split %Ln face off a row of a cast sheet</numerusform>
            <numerusform>split %Ln faces off a row of a cast sheet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces confirmed as rejected</source>
        <translation>
            <numerusform>%Ln face confirmed as rejected</numerusform>
            <numerusform>%Ln faces confirmed as rejected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces rejected</source>
        <translation>
            <numerusform>%Ln face rejected</numerusform>
            <numerusform>%Ln faces rejected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>settled %Ln faces of a replaced file</source>
        <translation>
            <numerusform>settled %Ln face of a replaced file</numerusform>
            <numerusform>settled %Ln faces of a replaced file</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>by a sample of {drawn} of {all}, at most %Ln wrong</source>
        <translation>
            <numerusform>by a sample of {drawn} of {all}, at most %Ln wrong</numerusform>
            <numerusform>by a sample of {drawn} of {all}, at most %Ln wrong</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces of {people} people accepted</source>
        <translation>
            <numerusform>%Ln face of {people} people accepted</numerusform>
            <numerusform>%Ln faces of {people} people accepted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>skipped %Ln faces</source>
        <translation>
            <numerusform>skipped %Ln face</numerusform>
            <numerusform>skipped %Ln faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>joined %Ln clusters</source>
        <translation>
            <numerusform>joined %Ln cluster</numerusform>
            <numerusform>joined %Ln clusters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>joined %Ln clusters that share a frame</source>
        <translation>
            <numerusform>joined %Ln cluster that share a frame</numerusform>
            <numerusform>joined %Ln clusters that share a frame</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>split %Ln faces off a cluster</source>
        <translation>
            <numerusform>split %Ln face off a cluster</numerusform>
            <numerusform>split %Ln faces off a cluster</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>removed %Ln faces from a cluster</source>
        <translation>
            <numerusform>removed %Ln face from a cluster</numerusform>
            <numerusform>removed %Ln faces from a cluster</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>added %Ln references to {name}</source>
        <translation>
            <numerusform>added %Ln reference to {name}</numerusform>
            <numerusform>added %Ln references to {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>made %Ln references from faces of {name}</source>
        <translation>
            <numerusform>made %Ln reference from faces of {name}</numerusform>
            <numerusform>made %Ln references from faces of {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>retired %Ln references of {name}</source>
        <translation>
            <numerusform>retired %Ln reference of {name}</numerusform>
            <numerusform>retired %Ln references of {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>restored %Ln references of {name}</source>
        <translation>
            <numerusform>restored %Ln reference of {name}</numerusform>
            <numerusform>restored %Ln references of {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>moved %Ln references to {name}</source>
        <translation>
            <numerusform>moved %Ln reference to {name}</numerusform>
            <numerusform>moved %Ln references to {name}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AlikeAmounts</name>
    <message numerus="yes">
        <source>%Ln faces ticked</source>
        <translation>
            <numerusform>%Ln face ticked</numerusform>
            <numerusform>%Ln faces ticked</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Press again: %Ln faces become {name}.</source>
        <translation>
            <numerusform>Press again: %Ln face becomes {name}.</numerusform>
            <numerusform>Press again: %Ln faces become {name}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Press again: %Ln faces are not {name}.</source>
        <translation>
            <numerusform>Press again: %Ln face is not {name}.</numerusform>
            <numerusform>Press again: %Ln faces are not {name}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Press again to reject %Ln faces.</source>
        <translation>
            <numerusform>Press again to reject %Ln face.</numerusform>
            <numerusform>Press again to reject %Ln faces.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln of them are decided, which this replaces.</source>
        <translation>
            <numerusform>%Ln of them is decided, which this replaces.</numerusform>
            <numerusform>%Ln of them are decided, which this replaces.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln references were made.</source>
        <translation>
            <numerusform>%Ln reference was made.</numerusform>
            <numerusform>%Ln references were made.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces were left out: references already, unchecked, or doubtful; the Creators page says why.</source>
        <translation>
            <numerusform>%Ln face was left out: a reference already, unchecked, or doubtful; the Creators page says why.</numerusform>
            <numerusform>%Ln faces were left out: references already, unchecked, or doubtful; the Creators page says why.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Amounts</name>
    <message numerus="yes">
        <source>%Ln videos</source>
        <translation>
            <numerusform>%Ln video</numerusform>
            <numerusform>%Ln videos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces</source>
        <translation>
            <numerusform>%Ln face</numerusform>
            <numerusform>%Ln faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln further frames</source>
        <translation>
            <numerusform>%Ln further frame</numerusform>
            <numerusform>%Ln further frames</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln creators</source>
        <translation>
            <numerusform>%Ln creator</numerusform>
            <numerusform>%Ln creators</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln references</source>
        <translation>
            <numerusform>%Ln reference</numerusform>
            <numerusform>%Ln references</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln minutes</source>
        <translation>
            <numerusform>about a minute</numerusform>
            <numerusform>about %Ln minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln hours</source>
        <translation>
            <numerusform>about %Ln hour</numerusform>
            <numerusform>about %Ln hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln files or folders</source>
        <translation>
            <numerusform>%Ln file or folder</numerusform>
            <numerusform>%Ln files or folders</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln files or folders could not be read:</source>
        <translation>
            <numerusform>%Ln file or folder could not be read:</numerusform>
            <numerusform>%Ln files or folders could not be read:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln seconds</source>
        <translation>
            <numerusform>%Ln second</numerusform>
            <numerusform>%Ln seconds</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CastAmounts</name>
    <message numerus="yes">
        <source>%Ln frames looked at</source>
        <translation>
            <numerusform>%Ln frame looked at</numerusform>
            <numerusform>%Ln frames looked at</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>also in %Ln other videos</source>
        <translation>
            <numerusform>also in %Ln other video</numerusform>
            <numerusform>also in %Ln other videos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln unticked</source>
        <translation>
            <numerusform>%Ln unticked</numerusform>
            <numerusform>%Ln unticked</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CastWords</name>
    <message numerus="yes">
        <source>%Ln faces at once: press {key} again to decide them.</source>
        <translation>
            <numerusform>%Ln face at once: press {key} again to decide it.</numerusform>
            <numerusform>%Ln faces at once: press {key} again to decide them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>settles %Ln faces of {name}</source>
        <translation>
            <numerusform>settles %Ln face of {name}</numerusform>
            <numerusform>settles %Ln faces of {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>settles %Ln faces of {people} people</source>
        <translation>
            <numerusform>settles %Ln face of {people} people</numerusform>
            <numerusform>settles %Ln faces of {people} people</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln rows stay open</source>
        <translation>
            <numerusform>%Ln row stays open</numerusform>
            <numerusform>%Ln rows stay open</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Confirm %Ln faces of {name}</source>
        <translation>
            <numerusform>Confirm %Ln face of {name}</numerusform>
            <numerusform>Confirm %Ln faces of {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Confirm %Ln faces of {people} people</source>
        <translation>
            <numerusform>Confirm %Ln face of {people} people</numerusform>
            <numerusform>Confirm %Ln faces of {people} people</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CheckWords</name>
    <message numerus="yes">
        <source>{done} of %Ln checked</source>
        <translation>
            <numerusform>{done} of %Ln checked</numerusform>
            <numerusform>{done} of %Ln checked</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln no longer certain</source>
        <translation>
            <numerusform>%Ln no longer certain</numerusform>
            <numerusform>%Ln no longer certain</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln unticked stay</source>
        <translation>
            <numerusform>%Ln unticked stays</numerusform>
            <numerusform>%Ln unticked stay</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>matches with %Ln creators</source>
        <translation>
            <numerusform>matches with %Ln creator</numerusform>
            <numerusform>matches with %Ln creators</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln of the machine&apos;s matches are confirmed as {name}.</source>
        <translation>
            <numerusform>%Ln of the machine&apos;s matches is confirmed as {name}.</numerusform>
            <numerusform>%Ln of the machine&apos;s matches are confirmed as {name}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln other matches are not among them.</source>
        <translation>
            <numerusform>%Ln other match is not among them.</numerusform>
            <numerusform>%Ln other matches are not among them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>at most %Ln of {all} are wrong (95 % sure)</source>
        <translation>
            <numerusform>at most %Ln of {all} is wrong (95 % sure)</numerusform>
            <numerusform>at most %Ln of {all} are wrong (95 % sure)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Enter confirms %Ln others by it, which nobody looked at.</source>
        <translation>
            <numerusform>Enter confirms %Ln other by it, which nobody looked at.</numerusform>
            <numerusform>Enter confirms %Ln others by it, which nobody looked at.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Confirm %Ln as {name}, {others} by the sample</source>
        <translation>
            <numerusform>Confirm %Ln as {name}, {others} by the sample</numerusform>
            <numerusform>Confirm %Ln as {name}, {others} by the sample</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln matches that nobody looked at are confirmed by the sample: {bound}. Press {key} again to confirm.</source>
        <translation>
            <numerusform>%Ln match that nobody looked at is confirmed by the sample: {bound}. Press {key} again to confirm.</numerusform>
            <numerusform>%Ln matches that nobody looked at are confirmed by the sample: {bound}. Press {key} again to confirm.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Draws {drawn} of {all} matches at random, once: if those are right, at most %Ln are wrong (95 % sure), and the others are confirmed without a look. Press {key} again.</source>
        <translation>
            <numerusform>Draws {drawn} of {all} matches at random, once: if those are right, at most %Ln is wrong (95 % sure), and the others are confirmed without a look. Press {key} again.</numerusform>
            <numerusform>Draws {drawn} of {all} matches at random, once: if those are right, at most %Ln are wrong (95 % sure), and the others are confirmed without a look. Press {key} again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Takes back the run of {moment}: its %Ln unchecked matches, with any creator, become pending again. Press {key} again.</source>
        <translation>
            <numerusform>Takes back the run of {moment}: its %Ln unchecked match becomes pending again. Press {key} again.</numerusform>
            <numerusform>Takes back the run of {moment}: its %Ln unchecked matches, with any creator, become pending again. Press {key} again.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Closing</name>
    <message numerus="yes">
        <source>%n keys pressed after that wait for an answer: closing loses them.</source>
        <translation>
            <numerusform>%n key pressed after that waits for an answer: closing loses it.</numerusform>
            <numerusform>%n keys pressed after that wait for an answer: closing loses them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n decisions wait and will be written at the next start.</source>
        <translation>
            <numerusform>%n decision waits and will be written at the next start.</numerusform>
            <numerusform>%n decisions wait and will be written at the next start.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n decisions are neither in the database nor kept on this computer: closing loses them.</source>
        <translation>
            <numerusform>%n decision is neither in the database nor kept on this computer: closing loses it.</numerusform>
            <numerusform>%n decisions are neither in the database nor kept on this computer: closing loses them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CreatorAmounts</name>
    <message numerus="yes">
        <source>%Ln pending faces look like {name}</source>
        <translation>
            <numerusform>%Ln pending face looks like {name}</numerusform>
            <numerusform>%Ln pending faces look like {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln pending faces now suggest {name}</source>
        <translation>
            <numerusform>%Ln pending face now suggests {name}</numerusform>
            <numerusform>%Ln pending faces now suggest {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln no longer suggest {name}</source>
        <translation>
            <numerusform>%Ln no longer suggests {name}</numerusform>
            <numerusform>%Ln no longer suggest {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln are no longer matched with {name} and wait again</source>
        <translation>
            <numerusform>%Ln is no longer matched with {name} and waits again</numerusform>
            <numerusform>%Ln are no longer matched with {name} and wait again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln were matched with {name} automatically</source>
        <translation>
            <numerusform>%Ln was matched with {name} automatically</numerusform>
            <numerusform>%Ln were matched with {name} automatically</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln pending faces suggest {name} because of it alone.</source>
        <translation>
            <numerusform>%Ln pending face suggests {name} because of it alone.</numerusform>
            <numerusform>%Ln pending faces suggest {name} because of it alone.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Store %Ln references</source>
        <translation>
            <numerusform>Store %Ln reference</numerusform>
            <numerusform>Store %Ln references</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces selected</source>
        <translation>
            <numerusform>%Ln face selected</numerusform>
            <numerusform>%Ln faces selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces left out: they were matched automatically; check them on the Review page first.</source>
        <translation>
            <numerusform>%Ln face left out: it was matched automatically; check it on the Review page first.</numerusform>
            <numerusform>%Ln faces left out: they were matched automatically; check them on the Review page first.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>left out: {open} of %Ln warnings to confirm</source>
        <translation>
            <numerusform>left out: {open} of %Ln warning to confirm</numerusform>
            <numerusform>left out: {open} of %Ln warnings to confirm</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln more are as doubtful.</source>
        <translation>
            <numerusform>%Ln more is as doubtful.</numerusform>
            <numerusform>%Ln more are as doubtful.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more changes</source>
        <translation>
            <numerusform>and %Ln more change</numerusform>
            <numerusform>and %Ln more changes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Whose are these faces of {name}?</source>
        <translation>
            <numerusform>Whose is this face of {name}?</numerusform>
            <numerusform>Whose are these faces of {name}?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces of {name} move to another creator, with the references made from them. This can be undone.</source>
        <translation>
            <numerusform>%Ln face of {name} moves to another creator, with the references made from it. This can be undone.</numerusform>
            <numerusform>%Ln faces of {name} move to another creator, with the references made from them. This can be undone.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces were moved to {name}.</source>
        <translation>
            <numerusform>%Ln face was moved to {name}.</numerusform>
            <numerusform>%Ln faces were moved to {name}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces were decided again since then and stay as they are.</source>
        <translation>
            <numerusform>%Ln face was decided again since then and stays as it is.</numerusform>
            <numerusform>%Ln faces were decided again since then and stay as they are.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>⚠ %Ln frames show both at once: two people?</source>
        <translation>
            <numerusform>⚠ %Ln frame shows both at once: two people?</numerusform>
            <numerusform>⚠ %Ln frames show both at once: two people?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln doubtful faces left out</source>
        <translation>
            <numerusform>%Ln doubtful face left out</numerusform>
            <numerusform>%Ln doubtful faces left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln references added to {name}</source>
        <translation>
            <numerusform>%Ln reference added to {name}</numerusform>
            <numerusform>%Ln references added to {name}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FarmPanel</name>
    <message numerus="yes">
        <source>%Ln machines</source>
        <translation>
            <numerusform>%Ln machine</numerusform>
            <numerusform>%Ln machines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FileAmounts</name>
    <message numerus="yes">
        <source>%Ln files looked at</source>
        <translation>
            <numerusform>%Ln file looked at</numerusform>
            <numerusform>%Ln files looked at</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Locate %Ln videos</source>
        <translation>
            <numerusform>Locate %Ln video</numerusform>
            <numerusform>Locate %Ln videos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln videos have the path of their file again.</source>
        <translation>
            <numerusform>%Ln video has the path of its file again.</numerusform>
            <numerusform>%Ln videos have the path of their file again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln videos were found nowhere there</source>
        <translation>
            <numerusform>%Ln video was found nowhere there</numerusform>
            <numerusform>%Ln videos were found nowhere there</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln cannot be told apart</source>
        <translation>
            <numerusform>%Ln cannot be told apart</numerusform>
            <numerusform>%Ln cannot be told apart</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln were found twice</source>
        <translation>
            <numerusform>%Ln was found twice</numerusform>
            <numerusform>%Ln were found twice</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln only by size and name, as they were never scanned</source>
        <translation>
            <numerusform>%Ln only by size and name, as it was never scanned</numerusform>
            <numerusform>%Ln only by size and name, as they were never scanned</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln changed meanwhile and stay as they are.</source>
        <translation>
            <numerusform>%Ln changed meanwhile and stays as it is.</numerusform>
            <numerusform>%Ln changed meanwhile and stay as they are.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln are still to be located: look there again.</source>
        <translation>
            <numerusform>%Ln is still to be located: look there again.</numerusform>
            <numerusform>%Ln are still to be located: look there again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln videos were removed from the library; their files stay.</source>
        <translation>
            <numerusform>%Ln video was removed from the library; its file stays.</numerusform>
            <numerusform>%Ln videos were removed from the library; their files stay.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln rows</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FrameView</name>
    <message numerus="yes">
        <source>%n faces here have no valid box</source>
        <translation>
            <numerusform>%n face here has no valid box</numerusform>
            <numerusform>%n faces here have no valid box</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryWords</name>
    <message numerus="yes">
        <source>%Ln faces</source>
        <translation>
            <numerusform>%Ln face</numerusform>
            <numerusform>%Ln faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %Ln videos</source>
        <translation>
            <numerusform>in %Ln video</numerusform>
            <numerusform>in %Ln videos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>scanned %Ln videos</source>
        <translation>
            <numerusform>scanned %Ln video</numerusform>
            <numerusform>scanned %Ln videos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>found the files of %Ln videos again</source>
        <translation>
            <numerusform>found the file of %Ln video again</numerusform>
            <numerusform>found the files of %Ln videos again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>removed %Ln videos from the library</source>
        <translation>
            <numerusform>removed %Ln video from the library</numerusform>
            <numerusform>removed %Ln videos from the library</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces found</source>
        <translation>
            <numerusform>%Ln face found</numerusform>
            <numerusform>%Ln faces found</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln matched</source>
        <translation>
            <numerusform>%Ln matched</numerusform>
            <numerusform>%Ln matched</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces wait again</source>
        <translation>
            <numerusform>%Ln face waits again</numerusform>
            <numerusform>%Ln faces wait again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln matches taken back automatically</source>
        <translation>
            <numerusform>%Ln match taken back automatically</numerusform>
            <numerusform>%Ln matches taken back automatically</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln entries</source>
        <translation>
            <numerusform>%Ln entry</numerusform>
            <numerusform>%Ln entries</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces go back to what they were.</source>
        <translation>
            <numerusform>%Ln face goes back to what it was.</numerusform>
            <numerusform>%Ln faces go back to what they were.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces were changed since and stay as they are.</source>
        <translation>
            <numerusform>%Ln face was changed since and stays as it is.</numerusform>
            <numerusform>%Ln faces were changed since and stay as they are.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln other changes were changed since and stay.</source>
        <translation>
            <numerusform>%Ln other change was changed since and stays.</numerusform>
            <numerusform>%Ln other changes were changed since and stay.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LinkingNotice</name>
    <message numerus="yes">
        <source>Link %Ln faces</source>
        <translation>
            <numerusform>Link %Ln face</numerusform>
            <numerusform>Link %Ln faces</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LossAmounts</name>
    <message numerus="yes">
        <source>%Ln references are deleted.</source>
        <translation>
            <numerusform>%Ln reference is deleted.</numerusform>
            <numerusform>%Ln references are deleted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces in {videos} become pending again.</source>
        <translation>
            <numerusform>%Ln face in {videos} becomes pending again.</numerusform>
            <numerusform>%Ln faces in {videos} become pending again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces no longer suggest this creator.</source>
        <translation>
            <numerusform>%Ln face no longer suggests this creator.</numerusform>
            <numerusform>%Ln faces no longer suggest this creator.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln video tags</source>
        <translation>
            <numerusform>%Ln video tag</numerusform>
            <numerusform>%Ln video tags</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces in {videos}: their rows are deleted, because a row needs an embedding.</source>
        <translation>
            <numerusform>%Ln face in {videos}: its row is deleted, because a row needs an embedding.</numerusform>
            <numerusform>%Ln faces in {videos}: their rows are deleted, because a row needs an embedding.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln pictures in the data folder.</source>
        <translation>
            <numerusform>%Ln picture in the data folder.</numerusform>
            <numerusform>%Ln pictures in the data folder.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln log rows are made anonymous.</source>
        <translation>
            <numerusform>%Ln log row is made anonymous.</numerusform>
            <numerusform>%Ln log rows are made anonymous.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln unsaved decisions are discarded.</source>
        <translation>
            <numerusform>%Ln unsaved decision is discarded.</numerusform>
            <numerusform>%Ln unsaved decisions are discarded.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OutcomeHandler</name>
    <message numerus="yes">
        <source>%Ln decisions from the last session have been saved.</source>
        <translation>
            <numerusform>%Ln decision from the last session has been saved.</numerusform>
            <numerusform>%Ln decisions from the last session have been saved.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Plurals</name>
    <message numerus="yes">
        <source>(and %n more)</source>
        <translation>
            <numerusform>(and %n more)</numerusform>
            <numerusform>(and %n more)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RateWords</name>
    <message numerus="yes">
        <source>Of %Ln pending faces, {sure} would be named by the machine, {likely} suggested.</source>
        <translation>
            <numerusform>Of %Ln pending face, {sure} would be named by the machine, {likely} suggested.</numerusform>
            <numerusform>Of %Ln pending faces, {sure} would be named by the machine, {likely} suggested.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Of %Ln named by it, {back} would be pending again.</source>
        <translation>
            <numerusform>Of %Ln named by it, {back} would be pending again.</numerusform>
            <numerusform>Of %Ln named by it, {back} would be pending again.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RemainingNotice</name>
    <message numerus="yes">
        <source>about %Ln keys</source>
        <translation>
            <numerusform>about %Ln key</numerusform>
            <numerusform>about %Ln keys</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReplacedBanner</name>
    <message numerus="yes">
        <source>%Ln more files wait.</source>
        <translation>
            <numerusform>%Ln more file waits.</numerusform>
            <numerusform>%Ln more files wait.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReviewHeader</name>
    <message numerus="yes">
        <source>%n of your decisions overruled by another curator</source>
        <translation>
            <numerusform>%n of your decisions overruled by another curator</numerusform>
            <numerusform>%n of your decisions overruled by another curator</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n faces</source>
        <translation>
            <numerusform>%n face</numerusform>
            <numerusform>%n faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n min at your pace</source>
        <translation>
            <numerusform>about %n min at your pace</numerusform>
            <numerusform>about %n min at your pace</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n hours at your pace</source>
        <translation>
            <numerusform>about %n hour at your pace</numerusform>
            <numerusform>about %n hours at your pace</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReviewHint</name>
    <message numerus="yes">
        <source>select %n more faces of this person</source>
        <translation>
            <numerusform>select %n more face of this person</numerusform>
            <numerusform>select %n more faces of this person</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReviewNotices</name>
    <message numerus="yes">
        <source>The library has %n videos, but no faces have been found yet.</source>
        <translation>
            <numerusform>The library has %n video, but no faces have been found yet.</numerusform>
            <numerusform>The library has %n videos, but no faces have been found yet.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n faces are pending.</source>
        <translation>
            <numerusform>%n face is pending.</numerusform>
            <numerusform>%n faces are pending.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Check %n automatic matches</source>
        <translation>
            <numerusform>Check %n automatic match</numerusform>
            <numerusform>Check %n automatic matches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReviewWords</name>
    <message numerus="yes">
        <source>Accept {name} for %n faces</source>
        <translation>
            <numerusform>Accept {name} for %n face</numerusform>
            <numerusform>Accept {name} for %n faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n with another suggestion</source>
        <translation>
            <numerusform>%n with another suggestion</numerusform>
            <numerusform>%n with another suggestion</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n with another decision</source>
        <translation>
            <numerusform>%n with another decision</numerusform>
            <numerusform>%n with another decision</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n left out</source>
        <translation>
            <numerusform>%n left out</numerusform>
            <numerusform>%n left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>comparing %n faces …</source>
        <translation>
            <numerusform>comparing %n face …</numerusform>
            <numerusform>comparing %n faces …</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Confirm %n rejected</source>
        <translation>
            <numerusform>Confirm %n rejected</numerusform>
            <numerusform>Confirm %n rejected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Confirm {name} for %n faces</source>
        <translation>
            <numerusform>Confirm {name} for %n face</numerusform>
            <numerusform>Confirm {name} for %n faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stay unchanged</source>
        <translation>
            <numerusform>%n stays unchanged</numerusform>
            <numerusform>%n stay unchanged</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected faces have other decisions and were not confirmed.</source>
        <translation>
            <numerusform>%n selected face has another decision and was not confirmed.</numerusform>
            <numerusform>%n selected faces have other decisions and were not confirmed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>includes %n faces with another suggestion</source>
        <translation>
            <numerusform>includes %n face with another suggestion</numerusform>
            <numerusform>includes %n faces with another suggestion</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>decides %n faces</source>
        <translation>
            <numerusform>decides %n face</numerusform>
            <numerusform>decides %n faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n are left as they are</source>
        <translation>
            <numerusform>%n is left as it is</numerusform>
            <numerusform>%n are left as they are</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>replaces %n decisions</source>
        <translation>
            <numerusform>replaces %n decision</numerusform>
            <numerusform>replaces %n decisions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>removes {name} from %n faces</source>
        <translation>
            <numerusform>removes {name} from %n face</numerusform>
            <numerusform>removes {name} from %n faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>replaces {name} on %n faces</source>
        <translation>
            <numerusform>replaces {name} on %n face</numerusform>
            <numerusform>replaces {name} on %n faces</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <source>Cancel writing %Ln faces</source>
        <translation>
            <numerusform>Cancel writing %Ln face</numerusform>
            <numerusform>Cancel writing %Ln faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n being saved</source>
        <translation>
            <numerusform>%n being saved</numerusform>
            <numerusform>%n being saved</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n set aside</source>
        <translation>
            <numerusform>%n set aside</numerusform>
            <numerusform>%n set aside</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved</source>
        <translation>
            <numerusform>%n unsaved</numerusform>
            <numerusform>%n unsaved</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message numerus="yes">
        <source>%Ln agree</source>
        <translation>
            <numerusform>%Ln agrees</numerusform>
            <numerusform>%Ln agree</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln keys left</source>
        <translation>
            <numerusform>about %Ln key left</numerusform>
            <numerusform>about %Ln keys left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln clusters</source>
        <translation>
            <numerusform>%Ln cluster</numerusform>
            <numerusform>%Ln clusters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln questions</source>
        <translation>
            <numerusform>%Ln question</numerusform>
            <numerusform>%Ln questions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces are settled by others where they are the same</source>
        <translation>
            <numerusform>%Ln face is settled by others where they are the same</numerusform>
            <numerusform>%Ln faces are settled by others where they are the same</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln single faces</source>
        <translation>
            <numerusform>%Ln single face</numerusform>
            <numerusform>%Ln single faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln unticked stay pending</source>
        <translation>
            <numerusform>%Ln unticked stays pending</numerusform>
            <numerusform>%Ln unticked stay pending</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln new faces waiting</source>
        <translation>
            <numerusform>%Ln new face waiting</numerusform>
            <numerusform>%Ln new faces waiting</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces become {name}.</source>
        <translation>
            <numerusform>%Ln face becomes {name}.</numerusform>
            <numerusform>%Ln faces become {name}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln videos are tagged</source>
        <translation>
            <numerusform>%Ln video is tagged</numerusform>
            <numerusform>%Ln videos are tagged</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln of them for the first time</source>
        <translation>
            <numerusform>%Ln of them for the first time</numerusform>
            <numerusform>%Ln of them for the first time</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Enter asks for a name for %Ln faces.</source>
        <translation>
            <numerusform>Enter asks for a name for %Ln face.</numerusform>
            <numerusform>Enter asks for a name for %Ln faces.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Confirm %Ln as {name}</source>
        <translation>
            <numerusform>Confirm %Ln as {name}</numerusform>
            <numerusform>Confirm %Ln as {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Name these %Ln faces</source>
        <translation>
            <numerusform>Name this face</numerusform>
            <numerusform>Name these %Ln faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Press Enter again to confirm %Ln faces</source>
        <translation>
            <numerusform>Press Enter again to confirm %Ln face</numerusform>
            <numerusform>Press Enter again to confirm %Ln faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces at once: press {key} again to confirm.</source>
        <translation>
            <numerusform>%Ln face at once: press {key} again to confirm.</numerusform>
            <numerusform>%Ln faces at once: press {key} again to confirm.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faces have a similarity of only {similarity} to {name}: press {key} again to name them anyway.</source>
        <translation>
            <numerusform>%Ln face has a similarity of only {similarity} to {name}: press {key} again to name it anyway.</numerusform>
            <numerusform>%Ln faces have a similarity of only {similarity} to {name}: press {key} again to name them anyway.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>clustering %Ln faces</source>
        <translation>
            <numerusform>clustering %Ln face</numerusform>
            <numerusform>clustering %Ln faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Clustering %Ln faces takes {time}; everything else goes on meanwhile.</source>
        <translation>
            <numerusform>Clustering %Ln face takes {time}; everything else goes on meanwhile.</numerusform>
            <numerusform>Clustering %Ln faces takes {time}; everything else goes on meanwhile.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln clusters marked</source>
        <translation>
            <numerusform>%Ln cluster marked</numerusform>
            <numerusform>%Ln clusters marked</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln more faces of the same cluster</source>
        <translation>
            <numerusform>%Ln more face of the same cluster</numerusform>
            <numerusform>%Ln more faces of the same cluster</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Settle %Ln as {name}</source>
        <translation>
            <numerusform>Settle %Ln as {name}</numerusform>
            <numerusform>Settle %Ln as {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Press again to settle %Ln faces</source>
        <translation>
            <numerusform>Press again to settle %Ln face</numerusform>
            <numerusform>Press again to settle %Ln faces</numerusform>
        </translation>
    </message>
</context>
</TS>
