<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>Amounts</name>
    <message numerus="yes">
        <location filename="../../facereview/ui/library_texts.py" line="31"/>
        <source>%Ln videos</source>
        <translation>
            <numerusform>%Ln video</numerusform>
            <numerusform>%Ln videos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/library_texts.py" line="35"/>
        <source>%Ln faces</source>
        <translation>
            <numerusform>%Ln face</numerusform>
            <numerusform>%Ln faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/library_texts.py" line="39"/>
        <source>%Ln creators</source>
        <translation>
            <numerusform>%Ln creator</numerusform>
            <numerusform>%Ln creators</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/library_texts.py" line="43"/>
        <source>%Ln references</source>
        <translation>
            <numerusform>%Ln reference</numerusform>
            <numerusform>%Ln references</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/library_texts.py" line="47"/>
        <source>about %Ln minutes</source>
        <translation>
            <numerusform>about a minute</numerusform>
            <numerusform>about %Ln minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/library_texts.py" line="51"/>
        <source>about %Ln hours</source>
        <translation>
            <numerusform>about %Ln hour</numerusform>
            <numerusform>about %Ln hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/library_texts.py" line="55"/>
        <source>%Ln videos could not be read:</source>
        <translation>
            <numerusform>%Ln video could not be read:</numerusform>
            <numerusform>%Ln videos could not be read:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FrameView</name>
    <message numerus="yes">
        <location filename="../../facereview/ui/frame_view.py" line="166"/>
        <source>%n faces here have no valid box</source>
        <translation>
            <numerusform>%n face here has no valid box</numerusform>
            <numerusform>%n faces here have no valid box</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Plurals</name>
    <message numerus="yes">
        <location filename="../../facereview/ui/sentences.py" line="22"/>
        <source>(and %n more)</source>
        <translation>
            <numerusform>(and %n more)</numerusform>
            <numerusform>(and %n more)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/sentences.py" line="26"/>
        <source>%n faces</source>
        <translation>
            <numerusform>%n face</numerusform>
            <numerusform>%n faces</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReviewHeader</name>
    <message numerus="yes">
        <location filename="../../facereview/ui/review_header.py" line="63"/>
        <source>%n faces</source>
        <translation>
            <numerusform>%n face</numerusform>
            <numerusform>%n faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/review_header.py" line="72"/>
        <source>about %n min at your pace</source>
        <translation>
            <numerusform>about %n min at your pace</numerusform>
            <numerusform>about %n min at your pace</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/review_header.py" line="73"/>
        <source>about %n hours at your pace</source>
        <translation>
            <numerusform>about %n hour at your pace</numerusform>
            <numerusform>about %n hours at your pace</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReviewNotices</name>
    <message numerus="yes">
        <location filename="../../facereview/ui/review_notices.py" line="65"/>
        <source>The library has %n videos, but no face was found so far.</source>
        <translation>
            <numerusform>The library has %n video, but no face was found so far.</numerusform>
            <numerusform>The library has %n videos, but no face was found so far.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/review_notices.py" line="101"/>
        <source>%n faces are pending.</source>
        <translation>
            <numerusform>%n face is pending.</numerusform>
            <numerusform>%n faces are pending.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/review_notices.py" line="108"/>
        <source>Check %n automatic matches</source>
        <translation>
            <numerusform>Check %n automatic match</numerusform>
            <numerusform>Check %n automatic matches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <location filename="../../facereview/ui/status_bar.py" line="98"/>
        <source>%n unsaved</source>
        <translation>
            <numerusform>%n unsaved</numerusform>
            <numerusform>%n unsaved</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SuggestionPanel</name>
    <message numerus="yes">
        <location filename="../../facereview/ui/suggestion_panel.py" line="134"/>
        <location filename="../../facereview/ui/suggestion_panel.py" line="137"/>
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="17"/>
        <source>%n faces</source>
        <translation>
            <numerusform>%n face</numerusform>
            <numerusform>%n faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="21"/>
        <source>%n videos</source>
        <translation>
            <numerusform>%n video</numerusform>
            <numerusform>%n videos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="25"/>
        <source>%n agree</source>
        <translation>
            <numerusform>%n agrees</numerusform>
            <numerusform>%n agree</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="29"/>
        <source>about %n keys left</source>
        <translation>
            <numerusform>about %n key left</numerusform>
            <numerusform>about %n keys left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="33"/>
        <source>%n clusters</source>
        <translation>
            <numerusform>%n cluster</numerusform>
            <numerusform>%n clusters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="37"/>
        <source>%n single faces</source>
        <translation>
            <numerusform>%n single face</numerusform>
            <numerusform>%n single faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="41"/>
        <source>%n unticked stay pending</source>
        <translation>
            <numerusform>%n unticked stays pending</numerusform>
            <numerusform>%n unticked stay pending</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="45"/>
        <source>%n new faces wait</source>
        <translation>
            <numerusform>%n new face waits</numerusform>
            <numerusform>%n new faces wait</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="49"/>
        <source>%n faces become {name}.</source>
        <translation>
            <numerusform>%n face becomes {name}.</numerusform>
            <numerusform>%n faces become {name}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="53"/>
        <source>%n videos are tagged</source>
        <translation>
            <numerusform>%n video is tagged</numerusform>
            <numerusform>%n videos are tagged</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="57"/>
        <source>%n of them for the first time</source>
        <translation>
            <numerusform>%n of them for the first time</numerusform>
            <numerusform>%n of them for the first time</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="61"/>
        <source>Enter asks for the name that %n faces get.</source>
        <translation>
            <numerusform>Enter asks for the name that %n face gets.</numerusform>
            <numerusform>Enter asks for the name that %n faces get.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="65"/>
        <source>Confirm %n as {name}</source>
        <translation>
            <numerusform>Confirm %n as {name}</numerusform>
            <numerusform>Confirm %n as {name}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="69"/>
        <source>Name these %n faces</source>
        <translation>
            <numerusform>Name this %n face</numerusform>
            <numerusform>Name these %n faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="73"/>
        <source>Press Enter again to confirm %n faces</source>
        <translation>
            <numerusform>Press Enter again to confirm %n face</numerusform>
            <numerusform>Press Enter again to confirm %n faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="77"/>
        <source>%n faces at once: press {key} again to do it.</source>
        <translation>
            <numerusform>%n face at once: press {key} again to do it.</numerusform>
            <numerusform>%n faces at once: press {key} again to do it.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="82"/>
        <source>grouping %n faces</source>
        <translation>
            <numerusform>grouping %n face</numerusform>
            <numerusform>grouping %n faces</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="86"/>
        <source>%n groups marked</source>
        <translation>
            <numerusform>%n group marked</numerusform>
            <numerusform>%n groups marked</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="90"/>
        <source>%n more faces of the same group</source>
        <translation>
            <numerusform>%n more face of the same group</numerusform>
            <numerusform>%n more faces of the same group</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <location filename="../../facereview/ui/cluster_sentences.py" line="94"/>
        <source>Settle %n as {name}</source>
        <translation>
            <numerusform>Settle %n as {name}</numerusform>
            <numerusform>Settle %n as {name}</numerusform>
        </translation>
    </message>
</context>
</TS>
